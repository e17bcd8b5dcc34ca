from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.html_list import html_list


class HelpdeskCategoryMerge(models.TransientModel):
    """Choose the category that stays, and read what the merge will change: it can't be undone."""

    _name = "helpdesk.category.merge"
    _description = "Merge Categories"

    category_ids = fields.Many2many("helpdesk.category", string="Categories", required=True)
    is_selection = fields.Boolean(help="Several categories were chosen: the one that stays is among them.")
    target_id = fields.Many2one("helpdesk.category", "Category that stays")
    refusal = fields.Char(compute="_compute_outcome")
    outcome = fields.Html("What happens", compute="_compute_outcome")
    is_understood = fields.Boolean("I know that this can't be undone")

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        if self.env.context.get("active_model") == "helpdesk.category":
            categories = self.env["helpdesk.category"].browse(self.env.context.get("active_ids", []))
            values["category_ids"] = [fields.Command.set(categories.ids)]
            if len(categories) > 1:
                values.update(is_selection=True, target_id=max(categories, key=lambda one: one.ticket_count).id)
        return values

    @api.depends("category_ids", "target_id")
    def _compute_outcome(self):
        for wizard in self:
            sources, target = wizard._chosen()
            chosen = sources and target
            wizard.refusal = chosen and sources._merge_refusal(target)
            wizard.outcome = chosen and not wizard.refusal and html_list(wizard._outcome(sources, target))

    def _chosen(self):
        """The categories to be merged, and the one that stays."""
        target = self.target_id._origin
        return self.category_ids._origin - target, target

    def _outcome(self, sources, target):
        """What the merge does, a line each."""
        # sudo: all tickets are moved, also those that the account may not see
        known = sources.sudo().with_context(active_test=False)
        count = known.env["helpdesk.ticket"].search_count([("category_id", "in", sources.ids)])
        children = known.child_ids - sources
        names = ", ".join(sources.mapped("display_name"))
        lines = [
            self.env._("%(count)s tickets move to %(target)s.", count=count, target=target.display_name),
            self.env._("%s: archived. Whoever still chooses it gets the other one.", names),
        ]
        if children:
            lines.append(self.env._("Sub-categories move along: %s.", ", ".join(children.mapped("name"))))
        settings = self._settings_that_name(known)
        if settings:
            lines.append(self.env._("These name the other category from now on: %s.", ", ".join(settings)))
        limits = sources._merged_limits(target)
        if any(set(limits[name]) != set(target[name].ids) for name in limits):
            lines.append(self.env._("The category is then for every product and site that one of them was for."))
        return lines

    def _settings_that_name(self, categories):
        """Names of the rules, macros, channels and so on that are changed with the categories."""
        found = []
        for model, name in categories._category_fields():
            if model._name != "helpdesk.ticket":
                records = model.sudo().with_context(active_test=False).search([(name, "in", categories.ids)])
                found += records.mapped("display_name")
        return found

    def action_merge(self):
        """Merge, and open the category that stays.

        :raise UserError: nothing was chosen or confirmed, or as in :meth:`helpdesk.category.merge_into`
        """
        sources, target = self._chosen()
        if not sources or not target:
            raise UserError(self.env._("Choose another category to merge into."))
        if not self.is_understood:
            raise UserError(self.env._("Confirm that you know that this can't be undone."))
        sources.merge_into(target)
        return {
            "type": "ir.actions.act_window",
            "res_model": "helpdesk.category",
            "res_id": target.id,
            "views": [(False, "form")],
        }
