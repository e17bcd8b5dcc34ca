from odoo import api, fields, models
from odoo.exceptions import UserError

from .helpdesk_agent_status import AGENT_STATUS_KINDS


class HelpdeskAgentInterval(models.Model):
    """A stretch of time that an agent spent in one status (R25.c.1); kept for ever, written by the system only.

    What may change later is frozen here: the kind and flags of the status, the agent's team and site. Odoo's own
    presence keeps no history. The open interval of a session, the one without an end, is the agent's status now.
    """

    _name = "helpdesk.agent.interval"
    _description = "Agent's Time in a Status"
    _order = "start_date desc, id desc"
    _rec_name = "status_id"

    session_id = fields.Many2one(
        "helpdesk.agent.session", required=True, readonly=True, index=True, ondelete="restrict"
    )
    user_id = fields.Many2one("res.users", "Agent", required=True, readonly=True, ondelete="restrict")
    status_id = fields.Many2one("helpdesk.agent.status", required=True, readonly=True, ondelete="restrict")
    kind = fields.Selection(AGENT_STATUS_KINDS, "Meaning", required=True, readonly=True)
    is_available = fields.Boolean("Got new work", readonly=True)
    is_productive = fields.Boolean("Counted as work", readonly=True)
    reason_id = fields.Many2one("helpdesk.agent.reason", readonly=True, ondelete="restrict")
    team_id = fields.Many2one("helpdesk.team", readonly=True, ondelete="restrict")
    site_id = fields.Many2one("helpdesk.site", readonly=True, ondelete="restrict")
    start_date = fields.Datetime(required=True, readonly=True)
    end_date = fields.Datetime(readonly=True)
    duration_seconds = fields.Integer(
        "Duration", compute="_compute_duration_seconds", store=True, help="Seconds; of ended intervals only."
    )

    _open_unique = models.UniqueIndex("(session_id) WHERE end_date IS NULL", "A session has one status at a time.")
    _user_idx = models.Index("(user_id, start_date)")
    _start_date_idx = models.Index("(start_date)")
    _end_after_start = models.Constraint("CHECK(end_date >= start_date)", "An interval ends after it began.")

    @api.depends("start_date", "end_date")
    def _compute_duration_seconds(self):
        for interval in self:
            ended = interval.end_date and (interval.end_date - interval.start_date).total_seconds()
            interval.duration_seconds = ended or 0

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("An agent's times are kept for ever."))
