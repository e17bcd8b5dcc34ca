from odoo import fields, models


class HelpdeskSlaApply(models.TransientModel):
    """A policy, or a change of it, is for tickets that come in from then on; here one may ask for more."""

    _name = "helpdesk.sla.apply"
    _description = "Apply SLA Policy to Older Tickets"

    sla_id = fields.Many2one("helpdesk.sla", "Policy", required=True, readonly=True)
    scope = fields.Selection(
        [("open", "Tickets that are open now"), ("since", "All tickets since a day: rewrites results of the past")],
        "Apply to",
        required=True,
        default="open",
    )
    since = fields.Date()

    def action_apply(self):
        """Work out the clocks of the older tickets under the policy's present version.

        :return: a notification action
        """
        # sudo: versions and clocks are written by the system; who may change the policy may apply it
        self.sla_id.check_access("write")
        version = self.sla_id.sudo()._last_version()
        if self.scope == "open":
            count = version._apply_to_open()
        else:
            count = version._apply_since(fields.Datetime.to_datetime(self.since))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("The clocks of %s tickets were worked out.", count),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
