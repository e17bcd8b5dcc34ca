from odoo import fields, models


class HelpdeskRosterChangeRefuse(models.TransientModel):
    """Why a leader or a colleague refuses a change of the roster."""

    _name = "helpdesk.roster.change.refuse"
    _description = "Refuse a Roster Change"

    change_id = fields.Many2one("helpdesk.roster.change", required=True)
    reason = fields.Text(required=True)

    def action_refuse(self):
        """Refuse, and tell who asked."""
        self.change_id.action_refuse(self.reason)
