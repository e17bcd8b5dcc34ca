from odoo import fields, models


class HelpdeskQaReason(models.TransientModel):
    """Asks for the words that a dispute or its decision needs."""

    _name = "helpdesk.qa.reason"
    _description = "Reason of a Dispute or Decision"

    evaluation_id = fields.Many2one("helpdesk.qa.evaluation", required=True)
    purpose = fields.Selection([("dispute", "Disagree"), ("decide", "Decide")], required=True)
    reason = fields.Text(required=True)

    def action_confirm(self):
        """Hand the words to the evaluation.

        :return: an action that closes the dialog
        """
        self.ensure_one()
        if self.purpose == "dispute":
            self.evaluation_id._dispute(self.reason)
        else:
            self.evaluation_id._decide(self.reason)
        return {"type": "ir.actions.act_window_close"}
