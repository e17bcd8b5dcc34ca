from odoo import api, models


class HelpdeskCategory(models.Model):
    """Which categories a visitor may choose from on a web form."""

    _inherit = "helpdesk.category"

    @api.model
    def _form_tree(self, site, products):
        """The categories that a form offers, parents before their children.

        A category shows only where all its parents show, so that hiding a branch hides everything in it.

        :param site: ``helpdesk.site`` whose form it is, or none
        :param products: ``helpdesk.product`` records that the form is about
        :return: list of dicts ``id``, ``name``, ``parent_id`` (or False), ``depth``, ``product_ids`` (the
            products it is for, of those given; empty for all)
        """
        categories = self.search([("on_form", "=", True), ("merged_into_id", "=", False)], order="complete_name")
        rows, shown = [], {}
        for category in categories.sorted(lambda category: (category.parent_path or "").count("/")):
            if category.parent_id and category.parent_id.id not in shown:
                continue
            if category.site_ids and site not in category.site_ids:
                continue
            allowed = category.product_ids & products
            if category.product_ids and not allowed:
                continue
            parent = shown.get(category.parent_id.id)
            shown[category.id] = row = {
                "id": category.id,
                "name": category.name,
                "parent_id": category.parent_id.id,
                "depth": parent["depth"] + 1 if parent else 0,
                "product_ids": _both(allowed.ids, parent["product_ids"] if parent else []),
                "children": [],
            }
            if parent:
                parent["children"].append(row)
            else:
                rows.append(row)
        return _flatten(rows)


def _both(own, inherited):
    """Products of a category within those of its parent; an empty list means all."""
    if own and inherited:
        return sorted(set(own) & set(inherited))
    return sorted(own or inherited)


def _flatten(rows):
    flat = []
    for row in sorted(rows, key=lambda row: row["name"].casefold()):
        children = row.pop("children")
        flat.append(row)
        flat += _flatten(children)
    return flat
