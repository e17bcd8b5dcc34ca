from odoo import fields, models

from .helpdesk_agent_status import AGENT_STATUS_KINDS


class HelpdeskActivityStatus(models.Model):
    """How long an agent was in each status on a day, with the reason: breaks by reason are read from it (R25.c.1)."""

    _name = "helpdesk.activity.status"
    _description = "Agent's Day by Status"
    _order = "date desc, user_id, seconds desc"
    _rec_name = "status_id"
    _log_access = False

    date = fields.Date("Day", required=True, readonly=True, help="The day at the site.")
    user_id = fields.Many2one("res.users", "Agent", required=True, readonly=True, ondelete="restrict")
    team_id = fields.Many2one("helpdesk.team", readonly=True, ondelete="restrict")
    site_id = fields.Many2one("helpdesk.site", readonly=True, ondelete="restrict")
    status_id = fields.Many2one("helpdesk.agent.status", required=True, readonly=True, ondelete="restrict")
    kind = fields.Selection(AGENT_STATUS_KINDS, "Meaning", required=True, readonly=True)
    reason_id = fields.Many2one("helpdesk.agent.reason", readonly=True, ondelete="restrict")
    is_productive = fields.Boolean("Counted as work", readonly=True)
    seconds = fields.Integer("Time", readonly=True)
    times = fields.Integer("How often", readonly=True)

    _date_idx = models.Index("(date, user_id)")
    _user_idx = models.Index("(user_id, date)")
    _team_idx = models.Index("(team_id, date)")
    _site_idx = models.Index("(site_id, date)")
