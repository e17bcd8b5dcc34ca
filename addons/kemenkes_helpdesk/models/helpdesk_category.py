from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain


class HelpdeskCategory(models.Model):
    """What a ticket is about, as a tree of any depth."""

    _name = "helpdesk.category"
    _description = "Helpdesk Category"
    _parent_store = True
    _rec_name = "complete_name"
    _rec_names_search = ["complete_name", "name", "code"]
    _order = "complete_name"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(index=True)
    parent_id = fields.Many2one("helpdesk.category", "Parent category", index=True, ondelete="restrict")
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many("helpdesk.category", "parent_id", "Sub-categories")
    complete_name = fields.Char(compute="_compute_complete_name", recursive=True, store=True)
    active = fields.Boolean(default=True)
    color = fields.Integer()
    description = fields.Text(translate=True)
    product_ids = fields.Many2many(
        "helpdesk.product",
        "helpdesk_category_product_rel",
        "category_id",
        "product_id",
        string="Products",
        help="Leave empty for a category of every product.",
    )
    site_ids = fields.Many2many(
        "helpdesk.site",
        "helpdesk_category_site_rel",
        "category_id",
        "site_id",
        string="Sites",
        help="Leave empty for a category of every site.",
    )
    on_form = fields.Boolean("On the web form", default=True)
    team_id = fields.Many2one("helpdesk.team", help="New tickets of the category go to this team.")

    @api.depends("name", "parent_id.complete_name")
    def _compute_complete_name(self):
        for category in self:
            parent = category.parent_id.complete_name
            category.complete_name = f"{parent} / {category.name}" if parent else category.name

    @api.depends("name", "parent_id.name", "parent_path")
    @api.depends_context("lang")
    def _compute_display_name(self):
        """The path in the reader's language; ``complete_name`` is stored in one language, for order."""
        ids_by_category = {
            category: [int(ancestor) for ancestor in (category.parent_path or "").split("/") if ancestor]
            for category in self
        }
        # sudo: a category that one may see is named by its whole path
        names = {
            ancestor.id: ancestor.name
            for ancestor in self.sudo().browse({ancestor for ids in ids_by_category.values() for ancestor in ids})
        }
        for category, ids in ids_by_category.items():
            category.display_name = " / ".join(names[ancestor] for ancestor in ids) or category.name

    def write(self, vals):
        """Archiving takes the sub-categories along; bringing back one brings back the categories that it is in."""
        result = super().write(vals)
        if "active" in vals:
            along = "parent_of" if vals["active"] else "child_of"
            categories = self.with_context(active_test=False).search(
                Domain("id", along, self.ids) & Domain("active", "!=", vals["active"])
            )
            if categories:
                super(HelpdeskCategory, categories).write({"active": vals["active"]})
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_used(self):
        # sudo: also tickets that the account may not see keep their category
        used = self.sudo().filtered("ticket_count")[:1]
        if used:
            raise UserError(
                self.env._(
                    "%(category)s has %(count)s tickets. Archive it, or merge it into another.",
                    category=used.display_name,
                    count=used.ticket_count,
                )
            )

    @api.constrains("parent_id")
    def _check_parent(self):
        if self._has_cycle():
            raise ValidationError(self.env._("A category can't be its own parent."))
