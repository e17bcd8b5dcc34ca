from odoo import models

REVIEW_TEXTS = ("title", "text", "original_text", "author")
EDITION_TEXTS = ("title", "text")


class ResPartner(models.Model):
    """The right to erasure reaches app reviews whose writer is known: those with a ticket of the customer's."""

    _inherit = "res.partner"

    def _erasure_scope(self):
        scope = super()._erasure_scope()
        reviews = scope["tickets"].env["helpdesk.review"].search([("ticket_id", "in", scope["tickets"].ids)])
        return {**scope, "reviews": reviews}

    def _erase_records(self, scope, mark):
        """Stars, versions and days stay: they are the figures'."""
        super()._erase_records(scope, mark)
        for records, names in ((scope["reviews"], REVIEW_TEXTS), (scope["reviews"].edition_ids, EDITION_TEXTS)):
            for name in names:
                records.filtered(name).write({name: mark})
