import hashlib

from odoo import api, fields, models
from odoo.tools import SQL, html2plaintext


class HelpdeskConsentText(models.Model):
    """What senders of a web form agreed to, word for word; a wording that was changed is another record.

    The controller has to show what was consented to (UU 27/2022, article 24). Records are made by the form and stay.
    """

    _name = "helpdesk.consent.text"
    _description = "Wording of a Consent"
    _order = "id desc"
    _rec_name = "text"

    text = fields.Text(required=True, readonly=True)
    digest = fields.Char(required=True, readonly=True, help="The same for the same words.")
    create_date = fields.Datetime("In use since", readonly=True)

    _digest_unique = models.UniqueIndex("(digest)")

    @api.model
    def _wording(self, owner):
        """What a form asks to agree to, in the environment's language.

        :param owner: the product or site whose form it is
        :return: HTML
        """
        return owner.form_consent or self.env._(
            "I agree that my data is used to work on this message and to answer me, as the personal data protection "
            "act (UU 27/2022) provides."
        )

    @api.model
    def _keep(self, wording):
        """The record of a wording; two forms at once make one.

        :param str wording: HTML
        :rtype: helpdesk.consent.text
        """
        text = html2plaintext(wording).strip()
        digest = hashlib.sha256(text.encode()).hexdigest()
        # sudo: visitors have no rights on it; they only ever add what they were shown
        texts = self.sudo()
        known = texts.search([("digest", "=", digest)], limit=1)
        if known:
            return known
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO helpdesk_consent_text (text, digest, create_date, write_date, create_uid, write_uid)
                VALUES (%(text)s, %(digest)s, %(now)s, %(now)s, %(user)s, %(user)s)
                    ON CONFLICT (digest) DO UPDATE SET digest = EXCLUDED.digest RETURNING id
                """,
                text=text,
                digest=digest,
                now=fields.Datetime.now(),
                user=self.env.uid,
            )
        )
        return texts.browse(rows[0])
