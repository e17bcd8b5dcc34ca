from odoo import api, models
from odoo.fields import Domain
from odoo.tools.translate import LazyTranslate

from ..tools.open_api import Operation, number, optional, page_of, record
from .helpdesk_api import PAGING, optional_text

_lt = LazyTranslate(__name__)

TAG = _lt("Categories and other lists")
# Path -> model, and the property that tells more than the name.
LISTS = {
    "products": ("helpdesk.product", "code", _lt("List products")),
    "sites": ("helpdesk.site", "code", _lt("List sites")),
    "teams": ("helpdesk.team", "tier", _lt("List teams")),
    "channels": ("helpdesk.channel", "kind", _lt("List channels")),
}


class HelpdeskApi(models.AbstractModel):
    """Categories and the other lists that tickets refer to, in the open API."""

    _inherit = "helpdesk.api"

    @api.model
    def _operations(self):
        lists = [
            Operation(f"list_{name}", "GET", f"/{name}", "categories:read", summary, TAG, query=PAGING,
                      answer="ChoicePage")
            for name, (_model, _field, summary) in LISTS.items()
        ]  # fmt: skip
        return [
            *super()._operations(),
            Operation("list_categories", "GET", "/categories", "categories:read", _lt("List categories"), TAG,
                      query=PAGING, answer="CategoryPage"),
            *lists,
        ]  # fmt: skip

    @api.model
    def _schemas(self):
        return {
            **super()._schemas(),
            "Category": record(
                {
                    "id": number(),
                    "name": {"type": "string"},
                    "path": {"type": "string", "description": _lt("With the categories above it.")},
                    "code": optional_text(),
                    "parent_id": optional(number()),
                    "product_ids": {
                        "type": "array",
                        "items": number(),
                        "description": _lt("Empty: a category of every product."),
                    },
                },
                required=("id", "name", "path"),
            ),
            "CategoryPage": page_of("Category"),
            "Choice": record({"id": number(), "name": {"type": "string"}, "code": optional_text()}, required=("id",)),
            "ChoicePage": page_of("Choice"),
        }

    @api.model
    def _do_list_categories(self, limit, cursor=None):
        return self._page(
            "helpdesk.category", Domain.TRUE, limit, cursor, self._serialize_categories, newest_first=False
        )

    @api.model
    def _serialize_categories(self, categories):
        return [
            {
                "id": values["id"],
                "name": values["name"],
                "path": values["complete_name"],
                "code": values["code"] or None,
                "parent_id": values["parent_id"][0] if values["parent_id"] else None,
                "product_ids": values["product_ids"],
            }
            for values in categories.read(["name", "complete_name", "code", "parent_id", "product_ids"])
        ]

    @api.model
    def _do_list_products(self, limit, cursor=None):
        return self._page_of_choices("products", limit, cursor)

    @api.model
    def _do_list_sites(self, limit, cursor=None):
        return self._page_of_choices("sites", limit, cursor)

    @api.model
    def _do_list_teams(self, limit, cursor=None):
        return self._page_of_choices("teams", limit, cursor)

    @api.model
    def _do_list_channels(self, limit, cursor=None):
        return self._page_of_choices("channels", limit, cursor)

    @api.model
    def _page_of_choices(self, name, limit, cursor):
        model, code, _summary = LISTS[name]

        def serialize(records):
            return [
                {"id": values["id"], "name": values["name"], "code": values[code] or None}
                for values in records.read(["name", code])
            ]

        return self._page(model, Domain.TRUE, limit, cursor, serialize, newest_first=False)
