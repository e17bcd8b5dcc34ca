from odoo import api, fields, models
from odoo.exceptions import ValidationError


class HelpdeskCategory(models.Model):
    """What a ticket is about, as a tree of any depth."""

    _name = "helpdesk.category"
    _description = "Helpdesk Category"
    _parent_store = True
    _rec_name = "complete_name"
    _rec_names_search = ["name", "complete_name", "code"]
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
    merged_into_id = fields.Many2one("helpdesk.category", readonly=True, copy=False)

    @api.depends("name", "parent_id.complete_name")
    def _compute_complete_name(self):
        for category in self:
            parent = category.parent_id.complete_name
            category.complete_name = f"{parent} / {category.name}" if parent else category.name

    @api.depends("name", "parent_id.display_name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        # A stored name has one language, which orders the tree; people read the path in theirs.
        for category in self:
            parent = category.parent_id.display_name
            category.display_name = f"{parent} / {category.name}" if parent else category.name

    @api.constrains("parent_id")
    def _check_parent(self):
        if self._has_cycle():
            raise ValidationError(self.env._("A category can't be its own parent."))
