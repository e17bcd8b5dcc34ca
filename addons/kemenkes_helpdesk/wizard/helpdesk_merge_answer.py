from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import is_html_empty


class HelpdeskMergeAnswer(models.TransientModel):
    """One answer to the customers of tickets that were merged into one, each in a message of their own."""

    _name = "helpdesk.merge.answer"
    _description = "Answer All Customers"

    survivor_id = fields.Many2one("helpdesk.ticket", required=True, readonly=True)
    ticket_ids = fields.Many2many("helpdesk.ticket", string="Answer to")
    body = fields.Html("Answer", sanitize="email_outgoing")

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        survivor = self.env["helpdesk.ticket"].browse(self.env.context.get("active_id"))
        return {
            **values,
            "survivor_id": survivor.id,
            "ticket_ids": [fields.Command.set((survivor | survivor.other_customer_ids).ids)],
        }

    def action_send(self):
        """Send the answer.

        :raise UserError: nobody is to be answered, or nothing is said
        """
        if not self.ticket_ids or is_html_empty(self.body):
            raise UserError(self.env._("Choose whom to answer, and write your answer."))
        self.ticket_ids.answer_customers(self.body)
        return {"type": "ir.actions.act_window_close"}
