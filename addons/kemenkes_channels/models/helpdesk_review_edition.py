from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.kemenkes_helpdesk.personal_fields import PersonalChar, PersonalText

from .helpdesk_review import edition_key


class HelpdeskReviewEdition(models.Model):
    """What a review said from some day on; the newest is what it says now."""

    _name = "helpdesk.review.edition"
    _description = "Version of an App Review"
    _inherit = ["helpdesk.personal.mixin"]
    _order = "review_id, date desc, id desc"
    _rec_name = "date"

    review_id = fields.Many2one("helpdesk.review", required=True, readonly=True, ondelete="cascade")
    key = fields.Char(required=True, readonly=True)
    date = fields.Datetime(required=True, readonly=True)
    stars = fields.Integer(required=True, readonly=True)
    title = PersonalChar(readonly=True)
    text = PersonalText(readonly=True)
    app_version = fields.Char("App version", readonly=True)

    _key_unique = models.UniqueIndex("(review_id, key)")

    @api.model
    def _keep(self, found):
        """Store versions that are not known yet.

        :param list found: ``(helpdesk.review, records.Review)``
        :return: for each of ``found`` whether it was not known
        """
        if not found:
            return []
        found_keys = [(review.id, edition_key(record)) for review, record in found]
        rows = self.env.execute_query(
            SQL(
                "SELECT review_id, key FROM helpdesk_review_edition WHERE (review_id, key) IN (%s)",
                SQL(", ").join(SQL("(%s, %s)", *key) for key in dict.fromkeys(found_keys)),
            )
        )
        known, values, is_fresh = set(rows), [], []
        for key, (review, record) in zip(found_keys, found, strict=True):
            is_fresh.append(key not in known)
            if key not in known:
                known.add(key)
                values.append(self._prepare(review, record))
        self.create(values)
        return is_fresh

    @api.model
    def _prepare(self, review, record):
        has_date = record.date and (review.store != "appstore" or edition_key(record) == review.edition_key)
        return {
            "review_id": review.id,
            "key": edition_key(record),
            "date": record.date if has_date else fields.Datetime.now(),
            "stars": record.stars,
            "title": record.title or False,
            "text": record.text or False,
            "app_version": record.app_version or False,
        }
