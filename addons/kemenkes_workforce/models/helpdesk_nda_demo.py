import base64
from datetime import timedelta

from odoo import api, fields, models

# A page without words: the smallest paper that a reader of PDF opens.
PAPER = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj
trailer<</Root 1 0 R>>
%%EOF
"""
SIGNATORY = "Rahmat Hidayat, Operation Manager"
# How many days are left of an agreement, for accounts that the screens should not show as all the same.
DAYS_LEFT = {"agen5": 6, "agen8": 24, "qa1": 12}
USUAL_DAYS_LEFT = 250


class HelpdeskNdaDemo(models.AbstractModel):
    """Agreements of the demo's people: all may work, some agreements end soon."""

    _name = "helpdesk.nda.demo"
    _description = "Demo Agreements"

    @api.model
    def _load(self):
        """An agreement for each demo account that needs one, counted from today; once."""
        people = self.env["res.users"].search([("login", "=like", "%@demo.kemenkes.example")])
        needy = people.filtered(lambda user: user._needs_nda() and not user.nda_ids).sorted("login")
        today = fields.Date.context_today(self)
        ndas = self.env["helpdesk.nda"].create([self._prepare(user, today) for user in needy])
        ndas.action_sign()
        return ndas

    def _prepare(self, user, today):
        left = DAYS_LEFT.get(user.login.split("@")[0], USUAL_DAYS_LEFT)
        first = today + timedelta(days=left - 364)
        return {
            "user_id": user.id,
            "site_id": (user.helpdesk_site_ids[:1] or self.env.ref("kemenkes_helpdesk.site_jakarta")).id,
            "signatory": SIGNATORY,
            "signed_date": first,
            "valid_from": first,
            "valid_to": today + timedelta(days=left),
            "document": base64.b64encode(PAPER),
            "document_name": f"NDA {user.name}.pdf",
        }
