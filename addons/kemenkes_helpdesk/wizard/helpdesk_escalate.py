from odoo import api, fields, models


class HelpdeskEscalate(models.TransientModel):
    """Hand tickets to the next tier: the product's escalation team is proposed, the reason is a must."""

    _name = "helpdesk.escalate"
    _description = "Escalate Tickets"

    ticket_ids = fields.Many2many("helpdesk.ticket", required=True)
    allowed_team_ids = fields.Many2many("helpdesk.team", compute="_compute_allowed_team_ids")
    team_id = fields.Many2one(
        "helpdesk.team",
        compute="_compute_team_id",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('id', 'in', allowed_team_ids)]",
    )
    reason_id = fields.Many2one("helpdesk.escalation.reason", "Kind of reason")
    reason = fields.Text(required=True)

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        if self.env.context.get("active_model") == "helpdesk.ticket":
            values["ticket_ids"] = [fields.Command.set(self.env.context.get("active_ids", []))]
        return values

    @api.depends("ticket_ids")
    def _compute_allowed_team_ids(self):
        for wizard in self:
            tickets = wizard.ticket_ids._origin
            allowed = tickets[:1].escalation_team_ids
            for ticket in tickets[1:]:
                allowed &= ticket.escalation_team_ids
            wizard.allowed_team_ids = allowed

    @api.depends("ticket_ids")
    def _compute_team_id(self):
        for wizard in self:
            allowed = wizard.allowed_team_ids._origin
            proposed = wizard.ticket_ids._origin.product_id.escalation_team_id & allowed
            wizard.team_id = (proposed or allowed)[:1]

    def action_escalate(self):
        """Escalate the chosen tickets.

        :return: an action that closes the dialog
        """
        self.ticket_ids.escalate(self.team_id, self.reason, self.reason_id)
        return {"type": "ir.actions.act_window_close"}
