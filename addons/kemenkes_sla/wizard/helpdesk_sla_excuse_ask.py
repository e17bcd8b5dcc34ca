from odoo import api, fields, models

from ..models.helpdesk_sla_excuse import REASONS


class HelpdeskSlaExcuseAsk(models.TransientModel):
    """Why breaches shall not count; one reason for all that were chosen."""

    _name = "helpdesk.sla.excuse.ask"
    _description = "Ask for the Excuse of SLA Breaches"

    status_ids = fields.Many2many("helpdesk.sla.status", string="Breaches", required=True)
    reason = fields.Selection(REASONS, required=True)
    note = fields.Text("Explanation", required=True)

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        # rows of the attainment report have the ids of their clocks
        if self.env.context.get("active_model") in ("helpdesk.sla.status", "helpdesk.sla.attainment"):
            chosen = self.env["helpdesk.sla.status"].browse(self.env.context.get("active_ids", []))
            breached = chosen.filtered(lambda status: status.state == "failed")
            values["status_ids"] = [fields.Command.set(breached.ids)]
        return values

    def action_ask(self):
        """Ask.

        :return: a notification action
        """
        asked = self.env["helpdesk.sla.excuse"]._ask(self.status_ids, self.reason, self.note)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("%s breaches wait for a decision.", len(asked)),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
