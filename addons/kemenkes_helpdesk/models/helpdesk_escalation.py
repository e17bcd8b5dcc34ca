from odoo import fields, models

from .helpdesk_team import TIERS


class HelpdeskEscalation(models.Model):
    """One hand-over of a ticket to the next tier, and what came of it."""

    _name = "helpdesk.escalation"
    _description = "Ticket Escalation"
    _order = "id desc"
    _rec_name = "ticket_id"

    ticket_id = fields.Many2one("helpdesk.ticket", required=True, readonly=True, index=True, ondelete="cascade")
    from_team_id = fields.Many2one("helpdesk.team", readonly=True)
    to_team_id = fields.Many2one("helpdesk.team", required=True, readonly=True)
    from_tier = fields.Selection(TIERS, readonly=True)
    to_tier = fields.Selection(TIERS, readonly=True)
    from_user_id = fields.Many2one("res.users", "Handed over by", readonly=True)
    to_user_id = fields.Many2one("res.users", "Accepted by", readonly=True)
    reason = fields.Text(required=True, readonly=True)
    return_reason = fields.Text(readonly=True)
    state = fields.Selection(
        [("waiting", "Waiting"), ("accepted", "Accepted"), ("returned", "Returned"), ("done", "Done")],
        required=True,
        default="waiting",
        readonly=True,
    )
    escalated_date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    accepted_date = fields.Datetime(readonly=True)
    ended_date = fields.Datetime(readonly=True)

    _open_idx = models.Index("(to_team_id, state) WHERE state IN ('waiting', 'accepted')")
