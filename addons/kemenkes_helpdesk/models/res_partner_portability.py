from odoo import fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import html2plaintext

from ..tools.portable_archive import Section, write

# Rows of the ledger that tell that somebody looked at a customer's data.
ACCESS_KINDS = ("viewed", "revealed", "raw_read", "exported", "attachment_downloaded", "erased")


class ResPartner(models.Model):
    """The right to a copy: all that is known of one customer, for the customer (UU 27/2022, articles 7 and 13)."""

    _inherit = "res.partner"

    def action_export_personal_data(self):
        """Hand out the archive; the log keeps who did.

        :return: an action that downloads it
        :raise AccessError: the user is no administrator
        """
        self.ensure_one()
        self._check_may_export_personal_data()
        return {"type": "ir.actions.act_url", "url": f"/helpdesk/personal-data/{self.id}", "target": "self"}

    def _check_may_export_personal_data(self):
        if not self.env.user.has_group("kemenkes_helpdesk.group_manager"):
            raise AccessError(self.env._("Only administrators hand out what is known of a customer."))

    def _write_personal_data(self, target):
        """Write the archive, and the row of the log.

        :param target: a file open for writing bytes
        :raise AccessError: the user is no administrator
        :raise UserError: it is a colleague or this organisation
        """
        self.ensure_one()
        self._check_may_export_personal_data()
        # in sudo from here on: what is handed out is not masked
        scope = self._erasure_scope()
        sections = self._portable_sections(scope)
        files = [(file.name, lambda file=file: file.raw or b"") for file in self._portable_files(scope).sorted("id")]
        write(target, self.env._("Personal data of %s", self.sudo().name), sections, files)
        data = {"model": self._name, "customer": self.id, "count": sum(len(one.rows) for one in sections.values())}
        self.env["helpdesk.event"]._record([{"kind": "exported", "data": data}])

    def _portable_sections(self, scope):
        """What the archive holds; addons add what they know.

        :param dict scope: of :meth:`_erasure_scope`, in sudo
        :return: ``{key: Section}``
        """
        return {
            "person": self._portable_person(scope),
            "addresses": self._portable_addresses(scope),
            "tickets": self._portable_tickets(scope),
            "leads": self._portable_leads(scope),
            "messages": self._portable_messages(scope),
            "raw_messages": self._portable_raw_messages(scope),
            "ratings": self._portable_ratings(scope),
            "access": self._portable_access(scope),
        }

    def _portable_files(self, scope):
        """``ir.attachment`` that go into the archive; addons add theirs."""
        return scope["files"]

    def _portable_person(self, scope):
        customer = self.sudo()
        labels = {name: customer._fields[name]._description_string(self.env) for name in ("name", "email", "phone")}
        address = {"street": self.env._("Address"), "logins": self.env._("Log-in")}
        row = {
            "name": customer.name,
            "email": customer.email or None,
            "phone": customer.phone or None,
            "street": " ".join(filter(None, (customer.street, customer.street2, customer.zip, customer.city))) or None,
            "logins": ", ".join(scope["users"].mapped("login")) or None,
        }
        return Section(self.env._("Person"), {**labels, **address}, [row])

    def _portable_addresses(self, scope):
        identities = scope["identities"]
        kinds = dict(identities._fields["kind"]._description_selection(self.env))
        rows = [{"kind": kinds.get(one.kind, one.kind), "address": one.handle} for one in identities]
        columns = {"kind": self.env._("Kind"), "address": self.env._("Address or number")}
        return Section(self.env._("Addresses and numbers"), columns, rows)

    def _portable_tickets(self, scope):
        rows = [
            {
                "reference": ticket.ticket_ref,
                "subject": ticket.name,
                "description": html2plaintext(ticket.description or "").strip() or None,
                "name": ticket.partner_name or None,
                "email": ticket.partner_email or None,
                "phone": ticket.partner_phone or None,
                "channel": ticket.channel_id.name or None,
                "product": ticket.product_id.name or None,
                "category": ticket.category_id.complete_name or None,
                "state": ticket.stage_id.name,
                "created": _text(ticket.create_date),
                "solved": _text(ticket.solved_date),
                "consent": ticket.consent_id.text or None,
            }
            for ticket in scope["tickets"].sorted("id")
        ]
        columns = {
            "reference": self.env._("Reference"),
            "subject": self.env._("Subject"),
            "description": self.env._("Description"),
            "name": self.env._("Name"),
            "email": self.env._("E-mail"),
            "phone": self.env._("Phone"),
            "channel": self.env._("Channel"),
            "product": self.env._("Product"),
            "category": self.env._("Category"),
            "state": self.env._("State"),
            "created": self.env._("Created"),
            "solved": self.env._("Solved"),
            "consent": self.env._("Agreed to"),
        }
        return Section(self.env._("Tickets"), columns, rows)

    def _portable_leads(self, scope):
        """What became a request for sales or cooperation."""
        rows = [
            {
                "date": _text(lead.create_date),
                "subject": lead.name,
                "name": lead.contact_name or lead.partner_name or None,
                "email": lead.email_from or None,
                "phone": lead.phone or None,
                "description": html2plaintext(lead.description or "").strip() or None,
            }
            for lead in scope["leads"].sorted("id")
        ]
        columns = {
            "date": self.env._("Date"),
            "subject": self.env._("Subject"),
            "name": self.env._("Name"),
            "email": self.env._("E-mail"),
            "phone": self.env._("Phone"),
            "description": self.env._("Description"),
        }
        return Section(self.env._("Leads"), columns, rows)

    def _portable_messages(self, scope):
        """What was said between the customer and us; colleagues' notes among themselves are not part of it."""
        sides = {"in": self.env._("Customer"), "out": self.env._("Helpdesk"), "auto": self.env._("Automatic reply")}
        references = {ticket.id: ticket.ticket_ref for ticket in scope["tickets"]}
        said = scope["messages"].filtered(lambda message: message.helpdesk_direction in sides).sorted("id")
        rows = [
            {
                "ticket": references.get(message.helpdesk_source_id.id or message.res_id),
                "date": _text(message.date),
                "from": sides[message.helpdesk_direction],
                "text": html2plaintext(message.body or "", include_references=False).strip(),
                "files": ", ".join(message.attachment_ids.mapped("name")) or None,
            }
            for message in said
        ]
        columns = {
            "ticket": self.env._("Ticket"),
            "date": self.env._("Date"),
            "from": self.env._("From"),
            "text": self.env._("Text"),
            "files": self.env._("Files"),
        }
        return Section(self.env._("Messages"), columns, rows)

    def _portable_raw_messages(self, scope):
        rows = [
            {
                "date": _text(event.create_date),
                "channel": event.channel_id.name,
                "sender": event.sender or None,
                "removed": _text(event.purge_date),
            }
            for event in scope["events"].sorted("id")
        ]
        columns = {
            "date": self.env._("Date"),
            "channel": self.env._("Channel"),
            "sender": self.env._("Sender"),
            "removed": self.env._("Content removed on"),
        }
        return Section(self.env._("Messages as they arrived"), columns, rows)

    def _portable_ratings(self, scope):
        rows = [
            {"date": _text(rating.create_date), "stars": rating.rating, "comment": rating.feedback or None}
            for rating in scope["ratings"].filtered("consumed").sorted("id")
        ]
        columns = {"date": self.env._("Date"), "stars": self.env._("Stars"), "comment": self.env._("Comment")}
        return Section(self.env._("Ratings"), columns, rows)

    def _portable_access(self, scope):
        """When somebody of ours looked at it; who it was stays with us."""
        # sudo: rows about the customer's own tickets
        events = self.env["helpdesk.event"].sudo()
        kinds = dict(events._fields["kind"]._description_selection(self.env))
        domain = Domain("ticket_id", "in", scope["tickets"].ids) & Domain("kind", "in", ACCESS_KINDS)
        rows = [
            {"date": _text(event.date), "what": kinds[event.kind], "ticket": event.ticket_id.ticket_ref}
            for event in events.search(domain, order="id")
        ]
        columns = {"date": self.env._("Date"), "what": self.env._("What"), "ticket": self.env._("Ticket")}
        return Section(self.env._("When it was looked at"), columns, rows)

    def action_open_personal_data_access(self):
        """The rows of the log that tell who looked at this customer's data.

        :return: an action
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("kemenkes_helpdesk.helpdesk_event_action_personal_data")
        domain = [("ticket_id.partner_id", "=", self.id), ("kind", "in", ACCESS_KINDS)]
        return {**action, "domain": domain, "context": {}}


def _text(moment):
    """A moment in UTC for every reader, None where there is none."""
    return f"{fields.Datetime.to_string(moment)} UTC" if moment else None
