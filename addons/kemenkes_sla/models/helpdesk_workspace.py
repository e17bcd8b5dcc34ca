from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.kemenkes_helpdesk.models.helpdesk_stage import OPEN_KINDS

# What is due within this time, or was due already, is "due next".
SOON = timedelta(hours=1)


class HelpdeskWorkspace(models.AbstractModel):
    """The workspace's queue of what breaches a service level next (R9, R27.a.1)."""

    _inherit = "helpdesk.workspace"

    @api.model
    def _queues(self):
        queues = super()._queues()
        until = fields.Datetime.now() + SOON
        own = Domain("user_id", "=", self.env.uid) | (self._team_domain() & Domain("user_id", "=", False))
        queues["due"] = {
            "domain": own & Domain("stage_kind", "in", OPEN_KINDS) & Domain("next_due_date", "<=", until),
            "order": "next_due_date, id",
        }
        return queues
