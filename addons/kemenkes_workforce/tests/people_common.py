import base64
from datetime import date, timedelta

from odoo.addons.kemenkes_helpdesk.tests.common import HelpdeskCase

PDF = base64.b64encode(b"%PDF-1.4 signed")


class PeopleCase(HelpdeskCase):
    """Nobody has an agreement until a test gives one."""

    everybody_is_admitted = False

    @classmethod
    def give_nda(cls, user, first=date(2026, 1, 1), last=date(2027, 12, 31), site=None, sign=True, **values):
        """A signed agreement of an account."""
        nda = cls.env["helpdesk.nda"].create(
            {
                "user_id": user.id,
                "site_id": (site or cls.site).id,
                "valid_from": first,
                "valid_to": last,
                "signatory": "Rahmat Hidayat",
                "signed_date": first - timedelta(days=1),
                "document": PDF,
                "document_name": "nda.pdf",
                **values,
            }
        )
        if sign:
            nda.action_sign()
        return nda
