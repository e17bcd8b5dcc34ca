from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import email_normalize_all

from ..providers import email


class HelpdeskTicket(models.Model):
    """What e-mail needs to know of a ticket, and who gets Odoo's own mails about it."""

    _inherit = "helpdesk.ticket"

    no_auto_reply = fields.Boolean(
        readonly=True, copy=False, help="The last mail came from a machine or a list: no machine may answer it."
    )
    thread_index = fields.Char(readonly=True, copy=False, help="Outlook's id of the conversation.")
    outbox_ids = fields.One2many("helpdesk.outbox.message", "ticket_id", "Outgoing messages")
    outbox_count = fields.Integer(compute="_compute_outbox")
    failed_delivery = fields.Char(compute="_compute_outbox", help="Why the latest message has not arrived.")

    def _compute_outbox(self):
        # sudo: whether a reply arrived belongs to the ticket, whoever may read that
        outbox = self.env["helpdesk.outbox.message"].sudo()
        domain = self._outbox_domain() & Domain("is_copy", "=", False)
        groups = outbox._read_group(domain, ["ticket_id"], ["__count", "id:max"])
        found = {}
        for number, count, last_id in groups:
            for ticket in {number, number._survivor()}:
                total, latest = found.get(ticket.id, (0, 0))
                found[ticket.id] = (total + count, max(latest, last_id))
        for ticket in self:
            count, last_id = found.get(ticket.id, (0, False))
            last = outbox.browse(last_id or [])
            ticket.outbox_count = count
            ticket.failed_delivery = last.error if last.state == "failed" else False

    def _outbox_domain(self):
        """What went out under these numbers and those merged into them."""
        return Domain("ticket_id", "in", self.ids) | Domain("ticket_id.survivor_id", "in", self.ids)

    def _reply_token(self):
        """Signed token of this ticket; who has it took part in the conversation."""
        self.ensure_one()
        return email.make_token(self.env["helpdesk.channel"]._token_secret(), self.id)

    def _copy_addresses(self):
        """Addresses that get a copy of the answers, normalised, without the customer's own and without ours."""
        self.ensure_one()
        ours = self.env["helpdesk.channel"]._channel_by_address()
        return [
            address
            for address in dict.fromkeys(email_normalize_all(self.email_cc or ""))
            if address not in ours and address != self.partner_email_normalized
        ]

    def _may_hear_machine(self):
        return super(HelpdeskTicket, self.filtered(lambda ticket: not ticket.no_auto_reply))._may_hear_machine()

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Odoo's own mails go to colleagues only: what the customer gets is in the outbox, once.

        Assignments, notes and mentions never reach the customer (peers.md, pain point 26).
        """
        recipients = super()._notify_get_recipients(message, msg_vals=msg_vals, **kwargs)
        return [recipient for recipient in recipients if recipient["uid"] and not recipient["ushare"]]

    def _notify_thread_with_out_of_office(self, message, recipients_data, msg_vals=False, **kwargs):
        """A colleague's absence is no news for customers: their ticket belongs to the helpdesk, not to one person."""

    def action_open_outbox(self):
        """The messages that went out, and how far they got."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("kemenkes_helpdesk.helpdesk_outbox_message_action"),
            "domain": list(self._outbox_domain()),
            "context": {"create": False},
        }

    # ODOO'S OWN GATEWAY: a mail that some other addon hands to a ticket

    def message_new(self, msg_dict, custom_values=None):
        channel = self.env["helpdesk.channel"].browse((custom_values or {}).get("channel_id"))
        channel = channel or self.env["helpdesk.channel"]._default_email_channel()
        head = email.Mail(subject=msg_dict.get("subject") or "", sender=self._read_address(msg_dict["email_from"]))
        partner = self._find_mail_writers([head]).get(head.sender.email)
        msg_dict["author_id"] = msg_dict.get("author_id") or (partner and partner.id)
        values = {**channel._prepare_ticket_values(), **self._prepare_mail_ticket(head, partner)}
        values["email_cc"] = msg_dict.get("cc_filtered") or False
        return super().message_new({**msg_dict, "email_from": head.sender.email}, {**values, **(custom_values or {})})

    def _read_address(self, value):
        return email.read_headers(f"From: {value}\n\n".encode()).sender

    def _find_mail_writers(self, mails):
        """The customers behind the senders of ``mails``: ``{address: res.partner}``."""
        names = {mail.sender.email: mail.sender.name for mail in mails if mail.sender.email}
        return self.env["helpdesk.identity"]._find_or_create_partners("email", names) if names else {}

    def _prepare_mail_ticket(self, mail, partner):
        """What a mail says about the ticket that it opens.

        :param email.Mail mail: the mail as read
        :param partner: ``res.partner`` of the sender, or None
        """
        return {
            "name": mail.subject or self.env._("(no subject)"),
            "description": email.split_text(mail.text)[0].strip()[:20_000],
            "partner_id": partner.id if partner else False,
            # the address they wrote from, not the one that Odoo happens to know first
            "partner_name": mail.sender.name or (partner.name if partner else False),
            "partner_email": mail.sender.email or False,
        }
