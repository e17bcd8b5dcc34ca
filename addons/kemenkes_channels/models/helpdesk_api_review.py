from odoo import api, models
from odoo.fields import Domain
from odoo.tools.translate import LazyTranslate

from ..tools import open_api
from ..tools.open_api import Operation, moment, number, optional, optional_reference, page_of, record, text
from .helpdesk_api import PAGING, optional_text
from .helpdesk_review import STORES

_lt = LazyTranslate(__name__)

TAG = _lt("Reviews")
STORE_CODES = [store for store, _label in STORES]
STATES = ["unanswered", "changed", "answered"]
PLAIN = ("store", "stars", "title", "text", "author", "language", "territory", "app_version", "device", "state")
MOMENTS = {"written_at": "date", "changed_at": "edit_date", "answered_at": "reply_date"}
READ_FIELDS = [*PLAIN, *MOMENTS.values(), "product_id", "ticket_id", "reply_text", "reply_state"]


class HelpdeskApi(models.AbstractModel):
    """App reviews in the open API."""

    _inherit = "helpdesk.api"

    @api.model
    def _operations(self):
        query = (
            *PAGING,
            ("product_id", number()),
            ("store", {"type": "string", "enum": STORE_CODES}),
            ("state", {"type": "string", "enum": STATES}),
            ("stars", number(1, 5)),
            ("written_from", moment()),
            ("written_to", moment(description=_lt("Before this time."))),
        )
        return [
            *super()._operations(),
            Operation("list_reviews", "GET", "/reviews", "reviews:read", _lt("List app reviews"), TAG, query=query,
                      answer="ReviewPage"),
            Operation("get_review", "GET", "/reviews/{review_id}", "reviews:read", _lt("Read a review"), TAG,
                      answer="Review"),
            Operation("answer_review", "POST", "/reviews/{review_id}/answer", "reviews:write",
                      _lt("Answer a review, in place of the answer before"), TAG, body="ReviewAnswer",
                      answer="Review"),
        ]  # fmt: skip

    @api.model
    def _schemas(self):
        return {
            **super()._schemas(),
            "Review": record(
                {
                    "id": number(),
                    "store": {"type": "string", "enum": STORE_CODES},
                    "stars": number(1, 5),
                    **{name: optional_text() for name in PLAIN if name not in ("store", "stars", "state")},
                    "state": {"type": "string", "enum": STATES},
                    **{name: optional(moment()) for name in MOMENTS},
                    "product": optional_reference("Reference"),
                    "ticket": optional_reference("Reference"),
                    "answer": optional_text(),
                    "answer_state": optional_text(),
                },
                required=("id", "store", "stars", "state"),
            ),
            "ReviewPage": page_of("Review"),
            "ReviewAnswer": record({"text": text(5970, 1)}, required=("text",)),
        }

    @api.model
    def _do_list_reviews(self, limit, cursor=None, written_from=None, written_to=None, **filters):
        domain = Domain.AND([Domain(name, "=", value) for name, value in filters.items()])
        if written_from:
            domain &= Domain("date", ">=", open_api.parse_moment(written_from))
        if written_to:
            domain &= Domain("date", "<", open_api.parse_moment(written_to))
        return self._page("helpdesk.review", domain, limit, cursor, self._serialize_reviews)

    @api.model
    def _do_get_review(self, review_id):
        return self._serialize_reviews(self._find("helpdesk.review", review_id))[0]

    @api.model
    def _do_answer_review(self, review_id, body):
        review = self._find("helpdesk.review", review_id)
        review.answer(body["text"])
        return self._serialize_reviews(review)[0]

    @api.model
    def _serialize_reviews(self, reviews):
        """Reviews as the account may see them.

        :rtype: list
        """
        return [
            {
                "id": values["id"],
                **{name: values[name] or None for name in PLAIN},
                **{name: open_api.format_moment(values[field]) for name, field in MOMENTS.items()},
                "product": self._named(values["product_id"]),
                "ticket": self._named(values["ticket_id"]),
                "answer": values["reply_text"] or None,
                "answer_state": values["reply_state"] or None,
            }
            for values in reviews.read(READ_FIELDS)
        ]
