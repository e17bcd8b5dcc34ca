from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import SQL, html2plaintext

from odoo.addons.mail.tools.discuss import Store

from .discuss_channel import MIRRORED

# What the ledger tells of a ticket that changes who is in its chat.
SEATING = {"assigned", "unassigned", "handed_over"}
ENDING = {"solved", "closed"}


class DiscussChannel(models.Model):
    """Waiting for an agent: the visitor's place in the queue, and who sits on the other side.

    The ticket says who the agent is; the chat follows the ledger, whoever assigned it: the distribution, a supervisor,
    the agent. Somebody has to be on the other side always (Odoo's live chat asks for it): the voice of the queue.
    """

    _inherit = "discuss.channel"

    helpdesk_wait_date = fields.Datetime("Waits for an agent since", readonly=True)
    helpdesk_place = fields.Integer("Place in the queue as told", readonly=True)
    helpdesk_place_message_id = fields.Many2one("mail.message", readonly=True, ondelete="set null")

    _helpdesk_wait_idx = models.Index("(helpdesk_wait_date) WHERE helpdesk_wait_date IS NOT NULL")
    _helpdesk_open_idx = models.Index(
        "(helpdesk_ticket_id) WHERE helpdesk_ticket_id IS NOT NULL AND livechat_end_dt IS NULL"
    )

    # WHAT THE LEDGER SAYS

    @api.model
    def _read_events(self, events):
        """Agents come, go and finish: their chats follow."""
        livechats = self.env["helpdesk.channel"]._livechat_ids()
        seated, ended = (
            [event["ticket_id"] for event in events if event["kind"] in kinds and event["channel_id"] in livechats]
            for kinds in (SEATING, ENDING)
        )
        if seated:
            self._open_chats(seated)._follow_ticket()
        if ended:
            self._open_chats(ended)._end_by_us()

    @api.model
    def _open_chats(self, ticket_ids):
        return self.search([("helpdesk_ticket_id", "in", ticket_ids), ("livechat_end_dt", "=", False)])

    def _serve(self):
        """Somebody waits in this chat: ask for an agent, who may come later."""
        self.helpdesk_ticket_id._ask_for_agent()
        self._follow_ticket()

    def _follow_ticket(self):
        """Seat the ticket's agent; without one the visitor waits."""
        for chat in self:
            ticket = chat.helpdesk_ticket_id
            if ticket.user_id:
                chat._seat(ticket.user_id)
            elif ticket.holder == "people" and not chat.helpdesk_wait_date:
                chat._wait()

    # SEATS

    def _seat(self, agent):
        """Put an agent on the other side, in place of whoever was there."""
        voice = self.helpdesk_channel_id.livechat_partner_id
        before = self.livechat_operator_id
        if agent.partner_id not in self.channel_member_ids.partner_id:
            self._add_members(
                users=agent,
                create_member_params={"livechat_member_type": "agent"},
                inviting_partner=voice,
                post_joined_message=False,
            )
        if before == agent.partner_id:
            return
        self._turn_to(agent.partner_id, agent.livechat_username or agent.name)
        self._unseat(before)
        self.write({"helpdesk_wait_date": False, "helpdesk_place": 0})
        words = self._in_visitors_language().env._("You are talking to %s.", agent.livechat_username or agent.name)
        self._tell_queue_news(words)
        self.helpdesk_place_message_id = False
        # what is running in the visitor's browser hears that a person has taken over
        self._add_next_step_message_to_store(self.chatbot_current_step_id)
        self._broadcast(agent.partner_id.ids)
        self._wake_queue()

    def _wait(self):
        """Put the voice of the queue on the other side until an agent comes."""
        voice = self.helpdesk_channel_id.livechat_partner_id
        before = self.livechat_operator_id
        if before != voice:
            self._add_voice()
            self._turn_to(voice, voice.name)
            self._unseat(before)
            self._add_next_step_message_to_store(self.chatbot_current_step_id)
        self.write({"helpdesk_wait_date": fields.Datetime.now(), "helpdesk_place": 0})
        self._tell_place(self._count_before() + 1)
        self._wake_queue()

    def _add_voice(self):
        voice = self.helpdesk_channel_id.livechat_partner_id
        if voice not in self.channel_member_ids.with_context(active_test=False).partner_id:
            self._add_members(
                partners=voice, create_member_params={"livechat_member_type": "bot"}, post_joined_message=False
            )

    def _turn_to(self, partner, name):
        guest = self.livechat_customer_guest_ids[:1] or self.livechat_customer_partner_ids[:1]
        self._update_forwarded_channel_data(
            livechat_failure="no_answer" if partner.user_ids else "no_failure",
            livechat_operator_id=partner.id,
            operator_name=name,
        )
        # Odoo names it after the current user, who may be anybody here
        self.name = f"{guest.name} {name}"

    def _unseat(self, partner):
        members = self.channel_member_ids.with_context(active_test=False).partner_id
        if partner in members and partner != self.livechat_operator_id:
            self.with_context(helpdesk_seating=MIRRORED)._action_unfollow(partner=partner, post_leave_message=False)

    def _action_unfollow(self, partner=None, guest=None, post_leave_message=True):
        """An agent who leaves sends the visitor back to the queue, never away."""
        # sudo: who else is there is found out for whoever leaves
        chat = self.sudo()
        leaves = (
            bool(chat.helpdesk_ticket_id and partner and not chat.livechat_end_dt)
            and partner == chat.helpdesk_ticket_id.user_id.partner_id
            and self.env.context.get("helpdesk_seating") is not MIRRORED
        )
        if leaves:
            # before the agent is gone: Odoo ends a chat in which the visitor is alone
            chat._add_voice()
        super()._action_unfollow(partner, guest, post_leave_message)
        if leaves:
            chat.helpdesk_ticket_id.user_id = False

    # THE QUEUE

    def _count_before(self):
        """How many visitors of the same team have waited longer."""
        return self.search_count(
            [
                ("helpdesk_wait_date", "!=", False),
                ("livechat_end_dt", "=", False),
                ("helpdesk_ticket_id.team_id", "=", self.helpdesk_ticket_id.team_id.id),
                ("id", "!=", self.id),
                ("helpdesk_wait_date", "<=", self.helpdesk_wait_date),
            ]
        )

    def _tell_place(self, place):
        """Say, or correct, which place the visitor has; outside the opening hours when they are."""
        self.helpdesk_place = place
        chat, channel = self._in_visitors_language(), self.helpdesk_channel_id
        if channel._is_open():
            if place == 1:
                words = chat.env._("You are next. Somebody will be with you shortly.")
            else:
                words = chat.env._("You are number %s in the queue. This number goes down by itself.", place)
        else:
            words = chat._closed_words()
        self._tell_queue_news(words)

    def _closed_words(self):
        opening = self.helpdesk_channel_id._next_opening(self.env.lang)
        words = self.env._(
            "We are closed at the moment. Your question is kept as ticket %s.", self.helpdesk_ticket_id.ticket_ref
        )
        if opening:
            words += " " + self.env._("We open on %s.", opening)
        if not self.helpdesk_ticket_id.partner_email:
            words += " " + self.env._("Write your e-mail address here, and the answer comes to you by mail.")
        return words

    def _tell_queue_news(self, words):
        """One message that changes: a place that goes down is no stream of messages."""
        body = Markup("<p>%s</p>") % words
        message = self.helpdesk_place_message_id
        if message:
            message.body = body
            Store(bus_channel=self).add(message, ["body"]).bus_send()
            return
        self.helpdesk_place_message_id = self.with_context(helpdesk_mirrored=MIRRORED).message_post(
            author_id=self.helpdesk_channel_id.livechat_partner_id.id,
            body=body,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )

    def _in_visitors_language(self):
        language = self.livechat_lang_id.code or self.helpdesk_ticket_id._customer_language()
        return self.with_context(lang=language)

    @api.model
    def _wake_queue(self):
        self.env.ref("kemenkes_channels.ir_cron_chat_queue").sudo()._trigger()

    @api.model
    def _cron_serve_queue(self):
        """Ask again for agents, and tell visitors whose place has changed."""
        waiting = self._waiting_places()
        self.env["ir.cron"]._commit_progress(remaining=len(waiting))
        for chat_id, place in waiting:
            chat = self.browse(chat_id).try_lock_for_update()
            waits = chat and chat.helpdesk_wait_date and not chat.livechat_end_dt
            if waits and not chat.helpdesk_ticket_id._ask_for_agent() and chat.helpdesk_place != place:
                chat._tell_place(place)
            if not self.env["ir.cron"]._commit_progress(1):
                return

    @api.model
    def _waiting_places(self):
        """``[(id, place)]`` of those who wait, the longest first; each team is a queue."""
        self.flush_model(["helpdesk_wait_date", "livechat_end_dt", "helpdesk_ticket_id"])
        self.env["helpdesk.ticket"].flush_model(["team_id"])
        return self.env.execute_query(
            SQL(
                """
                SELECT chat.id, row_number() OVER (
                           PARTITION BY ticket.team_id ORDER BY chat.helpdesk_wait_date, chat.id)
                  FROM discuss_channel AS chat
                  JOIN helpdesk_ticket AS ticket ON ticket.id = chat.helpdesk_ticket_id
                 WHERE chat.helpdesk_wait_date IS NOT NULL AND chat.livechat_end_dt IS NULL
                 ORDER BY chat.helpdesk_wait_date, chat.id
                """
            )
        )

    # THE CHATBOT HANDS OVER

    def _forward_human_operator(self, chatbot_script_step=None, users=None):
        """A chatbot's step hands the visitor over: to the queue, from which the distribution takes them."""
        if not self.sudo().helpdesk_channel_id:
            return super()._forward_human_operator(chatbot_script_step=chatbot_script_step, users=users)
        step = chatbot_script_step or self.env["chatbot.script.step"]
        posted = self._post_current_chatbot_step_message(step)
        # sudo: the visitor has no rights on tickets
        chat = self.sudo()
        chat.helpdesk_ticket_id._give_to_people(summary=chat._chatbot_summary())
        chat._follow_ticket()
        chat._add_next_step_message_to_store(step)
        return posted

    def _chatbot_summary(self):
        """What the visitor has chosen and typed, question by question, as plain text."""
        lines = []
        for row in self.chatbot_message_ids.sorted("id"):
            if row.mail_message_id and self._speaker(row.mail_message_id) == "visitor":
                answer = html2plaintext(row.mail_message_id.body or "", include_references=False).strip()
                lines.append(f"{row.script_step_id._question()} {answer}")
        return "\n".join(lines)
