from odoo import api, fields, models


class HelpdeskHandlingCorrection(models.TransientModel):
    """Set right the handling time of an agent on a ticket on a day, with a reason."""

    _name = "helpdesk.handling.correction"
    _description = "Correct Handling Time"

    ticket_id = fields.Many2one("helpdesk.ticket", required=True)
    user_id = fields.Many2one("res.users", "Agent", required=True, domain="[('share', '=', False)]")
    date = fields.Date("Day", required=True, default=fields.Date.context_today)
    recorded_seconds = fields.Integer("On record", compute="_compute_recorded_seconds")
    minutes = fields.Integer("Right time (minutes)", required=True)
    reason = fields.Text(required=True)

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        active_id = self.env.context.get("active_id")
        if self.env.context.get("active_model") == "helpdesk.ticket":
            ticket = self.env["helpdesk.ticket"].browse(active_id)
            values.update(ticket_id=ticket.id, user_id=ticket.user_id.id)
        if self.env.context.get("active_model") == "helpdesk.handling":
            interval = self.env["helpdesk.handling"].browse(active_id)
            values.update(ticket_id=interval.ticket_id.id, user_id=interval.user_id.id, date=interval.date)
        return values

    @api.depends("ticket_id", "user_id", "date")
    def _compute_recorded_seconds(self):
        for correction in self:
            complete = correction.ticket_id and correction.user_id and correction.date
            correction.recorded_seconds = complete and self.env["helpdesk.handling"]._recorded_seconds(
                correction.ticket_id, correction.user_id, correction.date
            )

    def action_correct(self):
        """Write the correction.

        :return: an action that closes the dialog
        """
        self.ensure_one()
        self.env["helpdesk.handling"]._correct(self.ticket_id, self.user_id, self.date, self.minutes * 60, self.reason)
        return {"type": "ir.actions.act_window_close"}
