from odoo import fields, models


class HelpdeskNdaRevoke(models.TransientModel):
    """The question why an agreement ends before its time."""

    _name = "helpdesk.nda.revoke"
    _description = "Revoke an Agreement"

    nda_id = fields.Many2one("helpdesk.nda", "Agreement", required=True)
    user_id = fields.Many2one(related="nda_id.user_id")
    reason = fields.Text(required=True)

    def action_revoke(self):
        """The account sees no ticket from its next click on, unless another agreement holds."""
        self.ensure_one()
        self.nda_id._revoke(self.reason)
        return {"type": "ir.actions.act_window_close"}
