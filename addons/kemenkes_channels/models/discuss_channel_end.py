from markupsafe import Markup
from pytz import timezone

from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import email_normalize

from odoo.addons.kemenkes_helpdesk.models.helpdesk_stage import DONE_KINDS
from odoo.addons.mail.tools.discuss import Store

from .discuss_channel import MIRRORED


class DiscussChannel(models.Model):
    """The end of a chat: the visitor leaves, or the ticket is solved; the transcript goes by mail."""

    _inherit = "discuss.channel"

    def write(self, vals):
        ending = self.browse()
        if vals.get("livechat_end_dt"):
            # sudo: visitors end chats, too
            ending = self.filtered(lambda chat: chat.sudo().helpdesk_ticket_id and not chat.livechat_end_dt)
        result = super().write(vals)
        for chat in ending.sudo():
            chat._note_end()
        return result

    def _note_end(self):
        """What follows on the ticket: nobody waits any more, the agent knows, the transcript is on its way."""
        ticket = self.helpdesk_ticket_id
        self.write({"helpdesk_wait_date": False, "helpdesk_place": 0})
        self._wake_queue()
        ticket._survivor()._message_log(body=self.env._("The chat has ended."))
        if ticket.holder == "bot":
            self._end_with_bot()
        if self.helpdesk_channel_id.mails_transcript and self.livechat_agent_partner_ids:
            self._queue_transcript()

    def _end_with_bot(self):
        """A visitor who wrote something gets an answer from people; one who only pressed buttons wanted none."""
        ticket = self.helpdesk_ticket_id
        if ticket.stage_kind in DONE_KINDS:
            return
        words = self.message_ids.filtered(lambda message: self._speaker(message) == "visitor")
        chosen = self.chatbot_message_ids.filtered("user_script_answer_id")
        if len(words) <= len(chosen):
            ticket.stage_id = ticket._stage_of("solved")
            return
        ticket._give_to_people()

    def _end_by_us(self):
        """The ticket is solved: say so, and let the visitor rate."""
        for chat in self:
            words = chat._in_visitors_language().env._("This chat is finished. Write again whenever you need us.")
            chat.with_context(helpdesk_mirrored=MIRRORED).message_post(
                author_id=chat.helpdesk_channel_id.livechat_partner_id.id,
                body=Markup("<p>%s</p>") % words,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
            chat.livechat_end_dt = fields.Datetime.now()
            Store(bus_channel=chat).add(chat, "livechat_end_dt").bus_send()

    # TRANSCRIPT

    def _queue_transcript(self):
        """Mail what was said to the visitor, by the mail queue; nothing where no address is known."""
        email = self.helpdesk_ticket_id.partner_email_normalized
        if not email:
            return
        channel = self.helpdesk_channel_id
        body = self.env["ir.qweb"]._render(
            "im_livechat.livechat_email_template",
            {"company": self.env.company, "channel": self, "tz": timezone(channel.site_id.timezone)},
            lang=self._in_visitors_language().env.lang,
            minimal_qcontext=True,
        )
        self.env["mail.mail"].create(
            {
                "subject": self._in_visitors_language().env._("Your chat with %s", channel.name),
                "email_from": channel.email_from or self.env.company.email_formatted,
                "email_to": email,
                "body_html": self.env["mail.render.mixin"]._replace_local_links(body),
                "auto_delete": True,
            }
        )
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()
        self.helpdesk_ticket_id._survivor()._message_log(
            body=self.env._("The transcript goes to the customer by e-mail.")
        )

    def _email_livechat_transcript(self, email):
        """The button in the chat: to the customer's own address only, for the words are the customer's."""
        if not self.sudo().helpdesk_channel_id:
            super()._email_livechat_transcript(email)
            return
        if self.env.user._personal_data_clearance() == "none":
            raise AccessError(self.env._("Your role reads the ticket, where personal data is masked."))
        ticket = self.sudo().helpdesk_ticket_id
        if not ticket.partner_email_normalized or email_normalize(email) != ticket.partner_email_normalized:
            raise UserError(self.env._("The transcript goes to the customer's address on the ticket only."))
        # sudo: agents don't write mails by hand
        self.sudo()._queue_transcript()
