from odoo import fields, models

from .helpdesk_stage import OPEN_KINDS


class HelpdeskTeam(models.Model):
    """How full a team's queues are, for its card on the dashboard."""

    _inherit = "helpdesk.team"

    is_my_team = fields.Boolean(compute="_compute_is_my_team", search="_search_is_my_team")
    new_ticket_count = fields.Integer("New", compute="_compute_queue_counts")
    open_ticket_count = fields.Integer("Open", compute="_compute_queue_counts")
    unassigned_ticket_count = fields.Integer("Unassigned", compute="_compute_queue_counts")
    waiting_ticket_count = fields.Integer("Customer waits", compute="_compute_queue_counts")
    overdue_ticket_count = fields.Integer("Overdue", compute="_compute_queue_counts")

    def _compute_is_my_team(self):
        mine = self.env.user.helpdesk_team_ids
        for team in self:
            team.is_my_team = team in mine

    def _search_is_my_team(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("member_ids", "in" if True in value else "not in", self.env.uid)]

    def _compute_queue_counts(self):
        conditions = {
            "new_ticket_count": [("stage_kind", "=", "new")],
            "open_ticket_count": [],
            "unassigned_ticket_count": [("user_id", "=", False)],
            "waiting_ticket_count": [("waiting_since", "!=", False)],
            "overdue_ticket_count": [("next_due_date", "<", fields.Datetime.now())],
        }
        for name, condition in conditions.items():
            counts = dict(
                self.env["helpdesk.ticket"]._read_group(
                    [("team_id", "in", self.ids), ("stage_kind", "in", OPEN_KINDS), *condition],
                    ["team_id"],
                    ["__count"],
                )
            )
            for team in self:
                team[name] = counts.get(team, 0)

    def action_view_queue(self):
        """Open the team's tickets, with the filter the context asks for."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("kemenkes_helpdesk.helpdesk_ticket_action")
        filter_name = self.env.context.get("queue_filter", "open")
        action["display_name"] = self.name
        action["domain"] = [("team_id", "=", self.id)]
        action["context"] = {"default_team_id": self.id, f"search_default_{filter_name}": 1, "search_default_open": 1}
        return action
