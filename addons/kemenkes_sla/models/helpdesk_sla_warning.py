from odoo import api, fields, models


class HelpdeskSlaWarning(models.Model):
    """Who is told when so much of a policy's time has passed; 100 percent is the breach."""

    _name = "helpdesk.sla.warning"
    _description = "SLA Warning"
    _order = "percent"
    _rec_name = "percent"

    sla_id = fields.Many2one("helpdesk.sla", required=True, ondelete="cascade", index=True)
    percent = fields.Integer("At percent", required=True, default=75)
    tell_agent = fields.Boolean("Agent", default=True)
    tell_leader = fields.Boolean("Team leader")
    user_ids = fields.Many2many("res.users", string="Others", domain=[("share", "=", False)])

    _percent_range = models.Constraint(
        "CHECK(percent > 0 AND percent <= 100)", "A warning comes after 1 to 100 percent of the time."
    )
    _percent_unique = models.Constraint(
        "UNIQUE(sla_id, percent)", "A policy warns once at each percentage: put everybody in one line."
    )

    @api.model_create_multi
    def create(self, vals_list):
        warnings = super().create(vals_list)
        warnings.sla_id._save_versions()
        return warnings

    def write(self, vals):
        result = super().write(vals)
        self.sla_id._save_versions()
        return result

    def unlink(self):
        policies = self.sla_id
        result = super().unlink()
        policies.exists()._save_versions()
        return result

    def _recipients(self, ticket):
        """The accounts that are told of ``ticket``."""
        users = self.user_ids
        if self.tell_agent:
            users |= ticket.user_id
        if self.tell_leader:
            users |= ticket.team_id.user_id
        return users.filtered(lambda user: user.active and not user.share)
