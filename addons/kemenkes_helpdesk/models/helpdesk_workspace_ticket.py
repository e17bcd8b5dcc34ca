from odoo import api, fields, models
from odoo.exceptions import MissingError

from odoo.addons.mail.tools.discuss import Store

MESSAGES = 30


class HelpdeskWorkspace(models.AbstractModel):
    """A ticket in the workspace: everything to show it comes in one answer (R23.c.3, R24.b)."""

    _inherit = "helpdesk.workspace"

    @api.model
    def get_ticket(self, ticket_id):
        """A ticket with the newest part of its conversation; the look at it is noted in the ledger.

        :return: ``{"ticket": see _prepare_workspace_ticket, "store": data for the mail store, "message_ids": newest
            first, "has_older": bool}``
        :raise MissingError, AccessError: the ticket is not there, or not for this account
        """
        ticket = self._ticket(ticket_id)
        ticket._record_view()
        return self._prepare_answer(ticket)

    @api.model
    def peek_ticket(self, ticket_id):
        """As :meth:`get_ticket`, read ahead by the browser: nobody looks at the ticket yet.

        :return: as :meth:`get_ticket`
        """
        return self._prepare_answer(self._ticket(ticket_id))

    @api.model
    def refresh_ticket(self, ticket_id):
        """The ticket again, without its conversation, after something changed.

        :return: see :meth:`_prepare_workspace_ticket`
        """
        ticket = self._ticket(ticket_id)
        return self._prepare_workspace_ticket(ticket)[ticket.id]

    @api.model
    def _ticket(self, ticket_id):
        ticket = self.env["helpdesk.ticket"].browse(int(ticket_id)).exists()
        if not ticket:
            raise MissingError(self.env._("This ticket is not there any more."))
        ticket.check_access("read")
        return ticket

    @api.model
    def _prepare_answer(self, ticket):
        found = self.env["mail.message"]._message_fetch(None, thread=ticket, limit=MESSAGES)
        messages = found["messages"]
        return {
            "ticket": self._prepare_workspace_ticket(ticket)[ticket.id],
            "store": Store().add(messages).get_result(),
            "message_ids": messages.ids,
            "has_older": len(messages) == MESSAGES,
        }

    @api.model
    def _prepare_workspace_ticket(self, tickets):
        prepared = super()._prepare_workspace_ticket(tickets)
        writable = tickets._filtered_access("write")
        may_read_ledger = self.env["helpdesk.event"].has_access("read")
        for ticket in tickets:
            prepared[ticket.id].update(
                **self._prepare_ticket_texts(ticket),
                **self._prepare_ticket_records(ticket),
                **self._prepare_times(ticket),
                may_write=ticket in writable,
                may_read_ledger=may_read_ledger,
            )
        return prepared

    @api.model
    def _prepare_ticket_texts(self, ticket):
        return {
            "reference": ticket.ticket_ref,
            "subject": ticket._shown("name") or "",
            "description": ticket._shown("description") or "",
            "customer_name": ticket._shown("partner_name") or "",
            "customer_email": ticket._shown("partner_email") or "",
            "customer_phone": ticket._shown("partner_phone") or "",
            "channel_kind": ticket.channel_id.kind or "",
            "stage_kind": ticket.stage_kind,
            "priority": int(ticket.priority),
            "tier": int(ticket.tier or 0),
            "holder": ticket.holder,
            "holder_name": ticket.holder_name or "",
            "solved_date": fields.Datetime.to_string(ticket.solved_date) or False,
            "assign_date": fields.Datetime.to_string(ticket.assign_date) or False,
        }

    @api.model
    def _prepare_ticket_records(self, ticket):
        names = {
            "partner": "partner_id",
            "channel": "channel_id",
            "product": "product_id",
            "site": "site_id",
            "category": "category_id",
            "team": "team_id",
            "agent": "user_id",
            "stage": "stage_id",
            "merged_into": "survivor_id",
        }
        records = {key: self._prepare_record(ticket[name]) for key, name in names.items()}
        if not ticket.merged_into_id:
            records["merged_into"] = False
        return {**records, "tags": [{**self._prepare_record(tag), "color": tag.color} for tag in ticket.tag_ids]}

    @api.model
    def _prepare_record(self, record):
        return {"id": record.id, "name": record.display_name} if record else False
