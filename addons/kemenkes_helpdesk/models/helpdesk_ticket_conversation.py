from odoo import api, fields, models
from odoo.fields import Domain

from .helpdesk_stage import DONE_KINDS


class HelpdeskTicket(models.Model):
    """What is said on a ticket: in from the customer, out from an agent, automatic, and notes."""

    _inherit = "helpdesk.ticket"

    last_automatic_message_date = fields.Datetime(readonly=True, copy=False)

    def _message_post_after_hook(self, message, msg_vals):
        result = super()._message_post_after_hook(message, msg_vals)
        direction = self._message_direction(message)
        if direction == "in":
            message.helpdesk_direction = "in"
            self._note_customer_messages({self: message})
        if direction == "out":
            self._send_reply(message)
        if direction == "note":
            self._log("note", message_id=message.id)
        return result

    def _own_messages_domain(self):
        """What was said under the numbers of ``self``, wherever merges have taken it."""
        stayed = Domain("res_id", "in", self.ids) & Domain("helpdesk_source_id", "=", False)
        return Domain("model", "=", self._name) & (stayed | Domain("helpdesk_source_id", "in", self.ids))

    def _prepare_place_of_message(self):
        """Where a message of this ticket's conversation stands: on its survivor, and whose it is."""
        survivor = self._survivor()
        return {
            "model": self._name,
            "res_id": survivor.id,
            "helpdesk_source_id": self.id if survivor != self else False,
        }

    def _message_direction(self, message):
        """Who speaks to whom: "in", "out", "note", or None for what Odoo says of itself."""
        if message.helpdesk_direction and self.env.su:
            # code that posts for a customer knows better: an agent who writes in as a citizen is one
            return message.helpdesk_direction
        if message.message_type not in ("comment", "email") or message.author_id == self.env.ref("base.partner_root"):
            return None
        if message.subtype_id.internal or not message.subtype_id:
            return "note"
        # sudo: whether an author is an employee is no secret of the author's record
        author_users = message.author_id.sudo().user_ids
        return "out" if any(not user.share for user in author_users) else "in"

    def _answer_channel(self):
        """The ``helpdesk.channel`` by which this ticket's customer is answered now; addons may offer others."""
        self.ensure_one()
        return self.channel_id

    def _send_reply(self, message):
        """Put an agent's message into the outbox of the customer's channel, in the same transaction.

        :param message: ``mail.message`` of this ticket
        """
        self.ensure_one()
        number = message.helpdesk_source_id or self
        # sudo: posted a moment ago with the account's own rights; where it goes is the system's to note
        message.sudo().write({"helpdesk_direction": "out", "helpdesk_channel_id": number._answer_channel().id})
        self.env["helpdesk.outbox.message"]._queue({number: message})
        self._note_agent_message(message)

    def _post_automatic(self, body_by_ticket):
        """Say something to customers in the machine's name, in one batch; those of merged tickets under their number.

        :param dict body_by_ticket: ``{helpdesk.ticket: Markup}``
        :return: ``{helpdesk.ticket: mail.message}``
        """
        if not body_by_ticket:
            return {}
        robot = self.env.ref("base.partner_root")
        message_by_ticket = self._create_messages(body_by_ticket, robot, message_type="auto_comment", direction="auto")
        tickets = self.browse(ticket.id for ticket in body_by_ticket)
        # sudo: the machine speaks, whoever caused it to
        tickets.sudo().write({"last_automatic_message_date": fields.Datetime.now()})
        self._send_messages(message_by_ticket, "message_auto")
        return message_by_ticket

    @api.model
    def _post_question(self, question_by_ticket):
        """Ask customers something in the machine's name, in one batch; never where everybody reads it.

        Channels that show answers to choose from, or take nothing but approved texts, override this for their tickets.

        :param dict question_by_ticket: ``{helpdesk.ticket: tools.question.Question}``
        :return: ``{helpdesk.ticket: mail.message}``; who can't be asked on their channel is missing
        """
        return self._post_automatic({ticket: question.words for ticket, question in question_by_ticket.items()})

    def _post_answers(self, body_by_ticket, author):
        """Let one colleague answer many customers, in one batch; those of merged tickets under their number.

        Nobody becomes the tickets' agent by it, and followers are not told of each.

        :param dict body_by_ticket: ``{helpdesk.ticket: Markup}``
        :param author: ``res.partner`` of the colleague
        :return: ``{helpdesk.ticket: mail.message}``
        """
        message_by_ticket = self._create_messages(body_by_ticket, author, message_type="comment", direction="out")
        survivors = self.browse(dict.fromkeys(ticket._survivor().id for ticket in message_by_ticket))
        survivors.write({"last_agent_message_date": fields.Datetime.now()})
        self._send_messages(message_by_ticket, "message_out")
        return message_by_ticket

    @api.model
    def _create_messages(self, body_by_ticket, author, message_type, direction):
        address = author.email_formatted
        channels = {ticket: ticket._answer_channel() for ticket in body_by_ticket}
        # sudo: the callers' authors speak, whoever caused them to
        messages = (
            self.env["mail.message"]
            .sudo()
            .create(
                [
                    {
                        **ticket._prepare_place_of_message(),
                        "body": body,
                        "message_type": message_type,
                        "subtype_id": self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_comment"),
                        "author_id": author.id,
                        "email_from": channels[ticket].email_from or address,
                        "reply_to": channels[ticket].email_from or address,  # else Odoo looks it up, one by one
                        "helpdesk_direction": direction,
                        "helpdesk_channel_id": channels[ticket].id,
                    }
                    for ticket, body in body_by_ticket.items()
                ]
            )
        )
        return dict(zip(body_by_ticket, messages, strict=True))

    @api.model
    def _send_messages(self, message_by_ticket, event_kind):
        self.env["helpdesk.outbox.message"]._queue(message_by_ticket)
        self.env["helpdesk.event"]._record(
            [message._prepare_event(event_kind) for message in message_by_ticket.values()]
        )

    def _note_agent_message(self, message):
        values = {"last_agent_message_date": message.date}
        if self.stage_kind == "new":
            values["stage_id"] = self._stage_of("open").id
        if not self.user_id:
            values["user_id"] = message.author_id.sudo().user_ids[:1].id
        self.write(values)
        self.env["helpdesk.event"]._record([message._prepare_event("message_out")])

    def _note_customer_messages(self, message_by_ticket):
        """What follows when customers have spoken: dates, ledger, waiting or done tickets open again.

        :param dict message_by_ticket: ``{helpdesk.ticket: mail.message}``, the last message of each
        """
        rows = []
        for ticket, message in message_by_ticket.items():
            ticket.write({"last_customer_message_date": message.date, "silence_warning_date": False})
            rows.append(message._prepare_event("message_in"))
        self.env["helpdesk.event"]._record(rows)
        back = self.browse(
            ticket.id for ticket in message_by_ticket if ticket.stage_kind in ("waiting_customer", *DONE_KINDS)
        )
        if back:
            back.stage_id = self._stage_of("open")
