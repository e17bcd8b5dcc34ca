from odoo import api, fields, models
from odoo.exceptions import UserError


class HelpdeskMergeWizard(models.TransientModel):
    """Choose the ticket that goes on; from a list the oldest is proposed."""

    _name = "helpdesk.merge.wizard"
    _description = "Merge Tickets"

    ticket_ids = fields.Many2many("helpdesk.ticket", required=True)
    is_selection = fields.Boolean(help="Several tickets were chosen: the one that goes on is among them.")
    target_id = fields.Many2one("helpdesk.ticket", "Ticket that goes on")
    has_other_customers = fields.Boolean(compute="_compute_has_other_customers")

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        if self.env.context.get("active_model") == "helpdesk.ticket":
            ticket_ids = sorted(self.env.context.get("active_ids", []))
            values["ticket_ids"] = [fields.Command.set(ticket_ids)]
            if len(ticket_ids) > 1:
                values.update(is_selection=True, target_id=ticket_ids[0])
        return values

    @api.depends("ticket_ids", "target_id")
    def _compute_has_other_customers(self):
        for wizard in self:
            customers = {ticket._customer_key() for ticket in wizard.ticket_ids | wizard.target_id}
            wizard.has_other_customers = bool(wizard.target_id) and len(customers) > 1

    def action_merge(self):
        """Merge, and open the ticket that goes on.

        :return: an action
        :raise UserError: no ticket to merge was chosen, or as in :meth:`helpdesk.ticket.merge_into`
        """
        sources = self.ticket_ids - self.target_id
        if not sources or not self.target_id:
            raise UserError(self.env._("Choose another ticket to merge into."))
        return sources.merge_into(self.target_id)._action_open()
