from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import SQL, plaintext2html

from odoo.addons.kemenkes_helpdesk.tools import working_time

REACHED_STATES = ("talking", "held", "ended")


class HelpdeskCall(models.Model):
    """A call stands on a ticket: its customer's last one on this line, or a new one; the thread tells of it."""

    _inherit = "helpdesk.call"

    is_answer_noted = fields.Boolean(readonly=True)
    is_talk_noted = fields.Boolean(readonly=True)

    def _follow(self):
        """What follows from how the calls stand now: customer, ticket, message, handling time. May be done twice."""
        self._find_customers()
        due = self.filtered(lambda call: call._wants_ticket())
        due.filtered(lambda call: not call.ticket_id)._find_tickets()
        for call in due.filtered("ticket_id"):
            call._take_over_ticket()
        due.filtered("ticket_id")._show_on_ticket()
        self._note_talk()

    def _wants_ticket(self):
        """Whether somebody spoke, or a customer tried to; nobody reached is no case yet."""
        if self.direction == "out":
            return self.state in REACHED_STATES or self.is_manual
        return self.state in (*REACHED_STATES, "missed")

    def _find_customers(self):
        """Callers are known by their number; who is not becomes a customer once somebody has spoken."""
        unknown = self.filtered(lambda call: call.number and not call.partner_id)
        if not unknown:
            return
        identities = self.env["helpdesk.identity"]
        numbers = {call.number for call in unknown}
        known = identities._known_partners({("phone", number) for number in numbers})
        partners = {number: partner for (_kind, number), partner in known.items()}
        if missing := numbers - partners.keys():
            partners.update(identities._partners_of("whatsapp", missing))
        if missing := numbers - partners.keys():
            partners.update(self._partners_by_phone(missing))
        names = {
            call.number: call.caller_name or ""
            for call in unknown
            if call.number not in partners and call._wants_ticket()
        }
        if names:
            partners.update(identities._find_or_create_partners("phone", names))
        for call in unknown:
            call.partner_id = partners.get(call.number)

    @api.model
    def _partners_by_phone(self, numbers):
        """Customers who gave their number in a mail or form; what two have in common is nobody's."""
        # sudo: whoever takes a call in must find its customer
        found = self.env["res.partner"].sudo().search([("phone_sanitized", "in", list(numbers))])
        grouped = found.grouped("phone_sanitized")
        alone = {number: partners for number, partners in grouped.items() if len(partners) == 1}
        self.env["helpdesk.identity"]._insert("phone", {number: partner.id for number, partner in alone.items()})
        return alone

    def _find_tickets(self):
        last = self._last_tickets()
        for call in self:
            key = call.channel_id.id, call.partner_id.id
            ticket = last.get(key) if call.partner_id else None
            if not ticket:
                ticket = self.env["helpdesk.ticket"].create(call._prepare_ticket())
                if call.partner_id:
                    last[key] = ticket
            call.ticket_id = ticket

    def _last_tickets(self):
        """Customers' last tickets on their line that still take in their words, as for written messages."""
        tickets = self.env["helpdesk.ticket"]
        tickets.flush_model(["channel_id", "partner_id"])
        found = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (channel_id, partner_id) channel_id, partner_id, id FROM helpdesk_ticket
                 WHERE partner_id = ANY(%s) AND channel_id = ANY(%s) AND active
                 ORDER BY channel_id, partner_id, id DESC
                """,
                self.partner_id.ids,
                self.channel_id.ids,
            )
        )
        last = {(channel_id, partner_id): tickets.browse(id_) for channel_id, partner_id, id_ in found}
        targets = tickets.browse(ticket.id for ticket in last.values())._reply_targets()
        return {key: targets[ticket] for key, ticket in last.items()}

    def _prepare_ticket(self):
        call = self._speaking()
        name = call._label()
        return {
            **self.channel_id._prepare_ticket_values(),
            "name": f"{name} · {self.queue}" if self.queue else name,
            "description": self.note or False,
            "partner_id": self.partner_id.id,
            "partner_name": self.partner_id.name or self.caller_name or call.env._("Number withheld"),
            "partner_phone": self.number,
            "user_id": self.user_id.id if self.state != "missed" else False,
            "no_auto_reply": True,
        }

    def _speaking(self):
        """These calls in the language that customers and agents have in common."""
        return self.with_context(lang=self.ticket_id._customer_language())

    def _take_over_ticket(self):
        """Who answers a call has the ticket, where nobody has it yet."""
        survivor = self.ticket_id._survivor()
        if self.user_id and not survivor.user_id and self.state in REACHED_STATES:
            survivor.user_id = self.user_id

    # THE THREAD

    def _show_on_ticket(self):
        """One message for each call, which says how it stands now; the ledger hears of it once for each side."""
        for call in self.sudo():  # sudo: the customer speaks here, who has no rights
            if not call.message_id:
                call._create_message()
            else:
                call._refresh_message()
            call._note_answer()

    def _create_message(self):
        ticket, survivor = self.ticket_id, self.ticket_id._survivor()
        author = self.partner_id if self.direction == "in" else self.user_id.partner_id
        address = author.email_formatted or author.name or self._speaking().env._("Number withheld")
        self.message_id = self.env["mail.message"].create(
            {
                **ticket._prepare_place_of_message(),
                "message_type": "comment",
                "subtype_id": self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_comment"),
                "body": self._render(),
                "date": self.start_date,
                "author_id": author.id,
                "email_from": address,
                "reply_to": address,  # else Odoo looks it up, one by one
                "helpdesk_direction": self.direction,
                "helpdesk_channel_id": self.channel_id.id,
            }
        )
        if self.direction == "in":
            survivor._note_customer_messages({survivor: self.message_id})
        survivor._tell_watchers()

    def _refresh_message(self):
        """The message stands where the call does, and says how it stands now."""
        place, body = self.ticket_id._prepare_place_of_message(), self._render()
        if self.message_id.res_id != place["res_id"]:
            self.message_id.write(place)
        if self.message_id.body != body:
            self.message_id.body = body
            self.ticket_id._tell_watchers(anew=True)

    def _note_answer(self):
        """Somebody picked up: at that moment the customer has heard from an agent."""
        if not self.answer_date or self.is_answer_noted:
            return
        survivor = self.ticket_id._survivor()
        values = {
            "last_agent_message_date": max(self.answer_date, survivor.last_agent_message_date or self.answer_date)
        }
        if survivor.stage_kind == "new":
            values["stage_id"] = survivor._stage_of("open").id
        survivor.write(values)
        self.env["helpdesk.event"]._record([self._prepare_agent_event()])
        self.is_answer_noted = True

    def _prepare_agent_event(self):
        """The row of the ledger that says that an agent spoke."""
        row = {**self.message_id._prepare_event("message_out"), "data": {"call": self.id}}
        if not self.user_id:
            return row
        return {**row, "user_id": self.user_id.id, "real_user_id": self.user_id.id}

    def _render(self):
        """A call in a few words, for the thread, mails and every other reader."""
        call = self._speaking()
        icon = "fa-phone" if self.state != "missed" else "fa-phone text-danger"
        facts = [call.queue, self.user_id.name if self.state in REACHED_STATES else False]
        if self.state == "ended":
            facts.append(call.env._("talked for %s", clock(self.talk_seconds)))
        if self.state in ("ended", "missed") and self.direction == "in" and self.wait_seconds:
            facts.append(call.env._("waited for %s", clock(self.wait_seconds)))
        parts = [
            Markup('<p><i class="fa %s"></i> <b>%s</b> %s</p>')
            % (icon, call._label(), "".join(f"· {fact} " for fact in facts if fact).strip())
        ]
        if self.note:
            parts.append(plaintext2html(self.note))
        summary = self.transcript_ids.filtered("summary")[:1].summary
        if summary:
            parts.append(Markup("<blockquote>%s</blockquote>") % plaintext2html(summary))
        return Markup("").join(parts)

    # HANDLING TIME

    def _note_talk(self):
        """The agent's talk counts as work on the ticket, once, when the call has ended."""
        for call in self:
            is_complete = call.state == "ended" and call.answer_date and call.end_date and not call.is_end_unknown
            if call.is_manual or call.is_talk_noted or not is_complete or not call.user_id or not call.ticket_id:
                continue
            interval = (working_time.to_seconds(call.answer_date), working_time.to_seconds(call.end_date))
            signs = self.env["helpdesk.handling.sign"].with_user(call.user_id)
            signs._note_work("call", [(call.ticket_id._survivor().id, *interval)])
            call.is_talk_noted = True


def clock(seconds):
    """``1:02:03`` or ``6:11``, the same in every language."""
    hours, rest = divmod(max(0, seconds), 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
