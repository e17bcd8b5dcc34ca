from odoo import api, fields, models


class HelpdeskCategory(models.Model):
    """How much a category is used, with all below it, so that one sees what can go."""

    _inherit = "helpdesk.category"

    ticket_count = fields.Integer(
        "Tickets", compute="_compute_usage", help="Tickets of the category and its sub-categories that you may see."
    )
    last_used_date = fields.Datetime("Last used", compute="_compute_usage", help="When the newest of these came in.")

    @api.depends_context("uid")
    def _compute_usage(self):
        """One query over the index of categories for the whole page, then sums up the tree."""
        known = self.with_context(active_test=False)
        below = known.search([("id", "child_of", self.ids)])
        tickets = self.env["helpdesk.ticket"].with_context(active_test=False)
        groups = tickets._read_group([("category_id", "in", below.ids)], ["category_id"], ["__count", "id:max"])
        newest = {ticket.id: ticket.create_date for ticket in tickets.browse(max_id for _c, _n, max_id in groups)}
        counts, dates = {}, {}
        for category, count, max_id in groups:
            for ancestor in map(int, category.parent_path.strip("/").split("/")):
                counts[ancestor] = counts.get(ancestor, 0) + count
                dates[ancestor] = max(dates.get(ancestor, newest[max_id]), newest[max_id])
        for category in self:
            category.ticket_count = counts.get(category._origin.id, 0)
            category.last_used_date = dates.get(category._origin.id, False)

    def action_view_tickets(self):
        """Open the tickets of the category and its sub-categories, newest first."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("kemenkes_helpdesk.helpdesk_ticket_action")
        return {
            **action,
            "name": self.display_name,
            "domain": [("category_id", "child_of", self.id)],
            "context": {"default_category_id": self.id, "active_test": False},
        }
