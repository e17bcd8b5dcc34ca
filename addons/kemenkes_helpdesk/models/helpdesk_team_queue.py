from odoo import api, fields, models

from .helpdesk_escalation import OPEN_STATES
from .helpdesk_stage import OPEN_KINDS

# A queue of the dashboard → what the ticket search starts with: its filters and, for a date, the period.
QUEUE_FILTERS = {
    "open": {"open": 1},
    "unassigned": {"unassigned": 1, "open": 1},
    "mine": {"mine": 1, "open": 1},
    "waiting": {"waiting": 1, "open": 1},
    "waiting_customer": {"waiting_customer": 1},
    "overdue": {"overdue": 1, "open": 1},
    "solved_today": {"solved_date": "custom_solved_today"},
}


class HelpdeskTeam(models.Model):
    """How full a team's queues are, for its card on the dashboard."""

    _inherit = "helpdesk.team"

    open_ticket_count = fields.Integer("Open", compute="_compute_open_counts")
    unassigned_ticket_count = fields.Integer("Not assigned", compute="_compute_open_counts")
    waiting_ticket_count = fields.Integer("Waiting for us", compute="_compute_open_counts")
    waiting_customer_ticket_count = fields.Integer("Waiting for the customer", compute="_compute_open_counts")
    oldest_waiting_since = fields.Datetime("Longest wait", compute="_compute_open_counts")
    my_ticket_count = fields.Integer("Mine", compute="_compute_special_counts")
    overdue_ticket_count = fields.Integer("Overdue", compute="_compute_special_counts")
    solved_today_ticket_count = fields.Integer("Solved today", compute="_compute_special_counts")
    escalated_ticket_count = fields.Integer("Escalated", compute="_compute_escalation_counts")
    incoming_escalation_count = fields.Integer("To accept", compute="_compute_escalation_counts")

    @api.depends_context("uid")
    def _compute_open_counts(self):
        self.update(
            {
                "open_ticket_count": 0,
                "unassigned_ticket_count": 0,
                "waiting_ticket_count": 0,
                "waiting_customer_ticket_count": 0,
                "oldest_waiting_since": False,
            }
        )
        rows = self.env["helpdesk.ticket"]._read_group(
            [("team_id", "in", self.ids), ("stage_kind", "in", OPEN_KINDS)],
            ["team_id", "stage_kind"],
            ["__count", "user_id:count", "waiting_since:count", "waiting_since:min"],
        )
        for team, stage_kind, count, assigned, waiting, oldest in rows:
            team.open_ticket_count += count
            team.unassigned_ticket_count += count - assigned
            team.waiting_ticket_count += waiting
            if stage_kind == "waiting_customer":
                team.waiting_customer_ticket_count = count
            if oldest:
                team.oldest_waiting_since = min(team.oldest_waiting_since or oldest, oldest)

    @api.depends_context("uid")
    def _compute_special_counts(self):
        still_open = ("stage_kind", "in", OPEN_KINDS)
        conditions = {
            "my_ticket_count": [still_open, ("user_id", "=", self.env.uid)],
            "overdue_ticket_count": [still_open, ("next_due_date", "<", "now")],
            "solved_today_ticket_count": [("solved_date", ">=", "today")],
        }
        for name, condition in conditions.items():
            counts = self._count_by_team("helpdesk.ticket", "team_id", condition)
            for team in self:
                team[name] = counts.get(team, 0)

    @api.depends_context("uid")
    def _compute_escalation_counts(self):
        still_open = [("state", "in", OPEN_STATES)]
        escalated = self._count_by_team("helpdesk.escalation", "from_team_id", still_open)
        incoming = self._count_by_team("helpdesk.escalation", "to_team_id", [("state", "=", "waiting")])
        for team in self:
            team.escalated_ticket_count = escalated.get(team, 0)
            team.incoming_escalation_count = incoming.get(team, 0)

    def _count_by_team(self, model, team_field, condition):
        return dict(self.env[model]._read_group([(team_field, "in", self.ids), *condition], [team_field], ["__count"]))

    # ACTIONS OF THE CARD

    def action_view_queue(self):
        """Open the tickets behind a figure of the card: those of the key ``queue`` in the context.

        :return: an action whose filters are keys of QUEUE_FILTERS, all open tickets when none is named
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("kemenkes_helpdesk.helpdesk_ticket_action")
        filters = QUEUE_FILTERS[self.env.context.get("queue", "open")]
        action["display_name"] = self.name
        action["domain"] = [("team_id", "=", self.id)]
        action["context"] = {
            "default_team_id": self.id,
            **{f"search_default_{name}": value for name, value in filters.items()},
        }
        return action

    def action_view_escalated(self):
        """Open the tickets that the team handed to the next tier and that are still there.

        :return: an action
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("kemenkes_helpdesk.helpdesk_ticket_action")
        action["display_name"] = self.env._("%s: escalated", self.name)
        action["domain"] = [
            ("escalation_ids", "any", [("from_team_id", "=", self.id), ("state", "in", list(OPEN_STATES))])
        ]
        action["context"] = {}
        return action

    def action_view_incoming_escalations(self):
        """Open the hand-overs to the team that nobody has accepted yet.

        :return: an action
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("kemenkes_helpdesk.helpdesk_escalation_action")
        action["display_name"] = self.env._("%s: to accept", self.name)
        action["domain"] = [("to_team_id", "=", self.id), ("state", "=", "waiting")]
        return action
