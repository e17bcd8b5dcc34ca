from odoo import fields, models

HISTORY_PAGE = 20


class ResPartner(models.Model):
    """The customer with everything they ever came with."""

    _inherit = "res.partner"

    helpdesk_ticket_ids = fields.One2many("helpdesk.ticket", "partner_id", "Tickets")
    helpdesk_ticket_count = fields.Integer(
        "Ticket count", compute="_compute_helpdesk_counts", groups="kemenkes_helpdesk.group_user"
    )
    helpdesk_open_ticket_count = fields.Integer(
        "Open tickets", compute="_compute_helpdesk_counts", groups="kemenkes_helpdesk.group_user"
    )

    def _compute_helpdesk_counts(self):
        """Those the reader may see; companies don't add up their people."""
        tickets = self.env["helpdesk.ticket"]
        counts = {}
        for partner, kind, count in tickets._read_group(
            [("partner_id", "in", self.ids)], ["partner_id", "stage_kind"], ["__count"]
        ):
            total, still_open = counts.get(partner.id, (0, 0))
            counts[partner.id] = (total + count, still_open + count * (kind not in ("solved", "closed")))
        for partner in self:
            total, still_open = counts.get(partner.id, (0, 0))
            partner.helpdesk_ticket_count = total
            partner.helpdesk_open_ticket_count = still_open

    def action_view_helpdesk_tickets(self):
        """Open the list of the customers' tickets."""
        action = self.env["ir.actions.act_window"]._for_xml_id("kemenkes_helpdesk.helpdesk_ticket_action")
        action["domain"] = [("partner_id", "in", self.ids)]
        action["context"] = {"default_partner_id": self.id} if len(self) == 1 else {}
        return action

    def get_helpdesk_history(self, offset=0):
        """Tickets over all channels, newest first, with leads and handles on the first page.

        :param int offset: how many tickets to skip
        :return: dict ``{"tickets": [...], "total": int, "identities": [...], "leads": [...]}``; a ticket is
            ``{"id", "reference", "subject", "stage", "kind", "channel", "product", "category", "agent", "created",
            "solved"}`` with times in UTC as "YYYY-MM-DD HH:MM:SS" or False
        """
        self.check_access("read")
        if not self:
            return {"tickets": [], "total": 0, "identities": [], "leads": []}
        domain = [("partner_id", "in", self.ids)]
        tickets = self.env["helpdesk.ticket"].search(domain, offset=offset, limit=HISTORY_PAGE)
        return {
            "tickets": [self._prepare_history_ticket(ticket) for ticket in tickets],
            "total": self.env["helpdesk.ticket"].search_count(domain),
            "identities": [] if offset else self._prepare_history_identities(),
            "leads": [] if offset else self._prepare_history_leads(),
        }

    def _prepare_history_ticket(self, ticket):
        return {
            **ticket._prepare_brief(),
            "product": ticket.product_id.name or "",
            "category": ticket.category_id.display_name or "",
            "agent": ticket.user_id.name or "",
            "solved": fields.Datetime.to_string(ticket.solved_date),
        }

    def _prepare_history_identities(self):
        identities = self.env["helpdesk.identity"]
        if not identities.has_access("read"):
            return []
        return [
            {
                "kind": identity._fields["kind"].convert_to_export(identity.kind, identity),
                "handle": identity._shown("display_handle") or identity._shown("handle"),
            }
            for identity in identities.search([("partner_id", "in", self.ids)])
        ]

    def _prepare_history_leads(self):
        leads = self.env["crm.lead"]
        if not leads.has_access("read"):
            return []
        return [
            {
                "id": lead.id,
                "name": lead._shown("name"),
                "stage": lead.stage_id.name or "",
                "created": fields.Datetime.to_string(lead.create_date),
            }
            for lead in leads.search([("partner_id", "in", self.ids)], limit=HISTORY_PAGE)
        ]
