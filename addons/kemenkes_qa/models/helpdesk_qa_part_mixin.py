from odoo import api, models


class HelpdeskQaPartMixin(models.AbstractModel):
    """A part of a scorecard (``scorecard_id``), which nobody changes once it has been used."""

    _name = "helpdesk.qa.part.mixin"
    _description = "Part of a Scorecard"

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        parts.scorecard_id._check_may_change()
        return parts

    def write(self, vals):
        self.scorecard_id._check_may_change()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self.scorecard_id._check_may_change()
