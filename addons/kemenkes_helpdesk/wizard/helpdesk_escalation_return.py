from odoo import api, fields, models


class HelpdeskEscalationReturn(models.TransientModel):
    """Give tickets back to the team they came from, with the reason."""

    _name = "helpdesk.escalation.return"
    _description = "Return Escalations"

    escalation_ids = fields.Many2many("helpdesk.escalation", required=True)
    reason = fields.Text(required=True)

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        active_ids = self.env.context.get("active_ids", [])
        if self.env.context.get("active_model") == "helpdesk.escalation":
            values["escalation_ids"] = [fields.Command.set(active_ids)]
        if self.env.context.get("active_model") == "helpdesk.ticket":
            current = self.env["helpdesk.ticket"].browse(active_ids)._current_escalations()
            values["escalation_ids"] = [fields.Command.set(current.ids)]
        return values

    def action_return(self):
        """Return the chosen escalations.

        :return: an action that closes the dialog
        """
        self.escalation_ids.return_back(self.reason)
        return {"type": "ir.actions.act_window_close"}
