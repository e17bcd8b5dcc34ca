from odoo import api, models
from odoo.fields import Domain

RELATED = 10


class HelpdeskWorkspace(models.AbstractModel):
    """What stands to the right of the conversation: the customer, the fields, like tickets and answers (R24.b).

    The fields come with the ticket. What looks further than the ticket comes by :meth:`get_surroundings` once the
    conversation stands there: nobody waits for it.
    """

    _inherit = "helpdesk.workspace"

    @api.model
    def _prepare_workspace_ticket(self, tickets):
        prepared = super()._prepare_workspace_ticket(tickets)
        for ticket in tickets:
            prepared[ticket.id].update(
                personal_data=ticket.personal_data_state,
                incident=self._prepare_related(ticket.parent_id, "incident"),
                follows=self._prepare_related(ticket.previous_id, "follows"),
            )
        return prepared

    @api.model
    @api.readonly
    def get_surroundings(self, ticket_id):
        """What is known around a ticket, in one answer.

        :return: ``{"history": see res.partner.get_helpdesk_history, "other_customers": see _find_other_customers,
            "duplicates": see helpdesk.ticket.get_duplicates, "merged": list as of _prepare_related,
            "answers": see helpdesk.ticket.get_previous_answers}``
        :raise MissingError, AccessError: the ticket is not there, or not for this account
        """
        ticket = self._ticket(ticket_id)
        merged = ticket.with_context(active_test=False).merged_ids._filtered_access("read")[:RELATED]
        return {
            "history": ticket.partner_id.get_helpdesk_history(),
            "other_customers": self._find_other_customers(ticket),
            "duplicates": ticket.get_duplicates(),
            "merged": [self._prepare_related(other, "merged") for other in merged],
            "answers": ticket.get_previous_answers(),
        }

    @api.model
    @api.readonly
    def get_history_page(self, ticket_id, offset):
        """Older tickets of the ticket's customer.

        :param int offset: how many tickets to skip
        :return: as ``res.partner.get_helpdesk_history``
        """
        return self._ticket(ticket_id).partner_id.get_helpdesk_history(offset)

    @api.model
    @api.readonly
    def get_field_choices(self):
        """What the ticket's fields can be set to; asked once, the browser searches in it by itself.

        :return: ``{"products": [{"id", "name"}], "categories": [{"id", "path": [names], "product_ids"}],
            "tags": [{"id", "name", "color"}], "priorities": [{"key", "name"}]}``
        """
        self._check_role()
        priorities = self.env["helpdesk.ticket"]._fields["priority"]._description_selection(self.env)
        return {
            "products": self.env["helpdesk.product"].search_read([], ["name"]),
            "categories": self._prepare_categories(),
            "tags": self.env["helpdesk.tag"].search_read([], ["name", "color"]),
            "priorities": [{"key": key, "name": name} for key, name in priorities],
        }

    @api.model
    def _prepare_categories(self):
        categories = self.env["helpdesk.category"].search_fetch([], ["name", "parent_path", "product_ids"])
        names = {str(category.id): category.name for category in categories}
        return [
            {
                "id": category.id,
                # an ancestor that the account may not see has no name
                "path": [names[part] for part in category.parent_path.split("/") if part in names],
                "product_ids": category.product_ids.ids,
            }
            for category in categories
        ]

    @api.model
    def _find_other_customers(self, ticket):
        """Customers to whom the address or number of the ticket belongs, though the ticket is not theirs.

        :return: list of ``{"id", "name", "kinds": [labels], "ticket_count"}``
        """
        if not ticket.has_access("write"):
            return []
        # sudo: handles are compared unseen, whatever of them the account may see
        identities = self.env["helpdesk.identity"].sudo()
        known = ticket.sudo()
        found = identities.search(
            Domain("partner_id", "!=", ticket.partner_id.id)
            & (
                Domain("kind", "=", "email") & Domain("handle", "=", known.partner_email_normalized or "")
                | Domain("kind", "in", ("phone", "whatsapp"))
                & Domain("handle", "=", known.partner_phone_normalized or "")
            )
        )
        partners = found.partner_id.with_env(self.env)._filtered_access("read")
        return [
            {
                "id": partner.id,
                "name": partner._shown("name"),
                "kinds": sorted({self._kind_label(one) for one in found if one.partner_id == partner.sudo()}),
                "ticket_count": partner.helpdesk_ticket_count,
            }
            for partner in partners
        ]

    @api.model
    def _kind_label(self, identity):
        return identity._fields["kind"].convert_to_export(identity.kind, identity.with_env(self.env))

    @api.model
    def _prepare_related(self, ticket, relation):
        """:return: ``{"id", "reference", "subject", "stage", "relation"}``, False where there is none to see"""
        ticket = ticket._filtered_access("read")
        return bool(ticket) and {
            "id": ticket.id,
            "reference": ticket.ticket_ref,
            "subject": ticket._shown("name"),
            "stage": ticket.stage_id.name,
            "relation": relation,
        }
