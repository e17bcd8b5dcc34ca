from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import SQL


class HelpdeskCategory(models.Model):
    """Categories that turned out to be one: what used the old one uses the other, and old choices lead there."""

    _inherit = "helpdesk.category"

    merged_into_id = fields.Many2one(
        "helpdesk.category", "Merged into", readonly=True, copy=False, index="btree_not_null"
    )

    def merge_into(self, target):
        """Merge categories into another, for good: their tickets and sub-categories move there, they are archived.

        Rules, macros, channels and whatever else names a category name the other one from now on. It becomes one for
        every product and site that one of them was for. Each ticket has the change in its ledger.

        :param target: ``helpdesk.category``, one record
        :return: ``target``
        :raise AccessError: the account may not write categories
        :raise UserError: as :meth:`_merge_refusal` says
        """
        target.ensure_one()
        (self | target).check_access("write")
        (self | target)._lock_for_merge()
        if reason := self._merge_refusal(target):
            raise UserError(reason)
        # sudo: who may merge categories changes with them every ticket and setting that names them
        for model, name in self._category_fields():
            self._replace_in(model.sudo(), name, target)
        target.write({name: [Command.set(ids)] for name, ids in self._merged_limits(target).items()})
        known = self.with_context(active_test=False)
        known.child_ids.parent_id = target
        (self | known.search([("merged_into_id", "in", self.ids)])).merged_into_id = target
        self.active = False
        return target

    def _lock_for_merge(self):
        """Wait for other merges of these categories; what they changed has the database replay this one.

        Tickets may be filed under them meanwhile.
        """
        self.env.flush_all()
        self.env.execute_query(
            SQL("SELECT id FROM helpdesk_category WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", self.ids)
        )

    def _merge_refusal(self, target):
        """Why these categories can't be merged into ``target``; None where they can."""
        if target in self:
            return self.env._("%s can't be merged into itself.", target.display_name)
        if not target.active:
            return self.env._("%s is archived. Choose one that is in use.", target.display_name)
        if done := self.filtered("merged_into_id")[:1]:
            return self.env._(
                "%(category)s is already merged into %(target)s.",
                category=done.display_name,
                target=done.merged_into_id.display_name,
            )
        if over := self.filtered(lambda category: target.parent_path.startswith(category.parent_path))[:1]:
            return self.env._(
                "%(target)s is a sub-category of %(category)s. Give it another parent first.",
                target=target.display_name,
                category=over.display_name,
            )
        return None

    def _category_fields(self):
        """Fields, also of other addons, that name categories: ``[(model, field name)]``.

        The ledger is not among them: it tells what was.
        """
        return [
            (model, name)
            for model in map(self.env.__getitem__, self.env.registry)
            if model._auto and not model._abstract and not model._transient and model._name != self._name
            for name, field in model._fields.items()
            if field.comodel_name == self._name
            and field.store
            and not field.related
            and field.type in ("many2one", "many2many")
        ]

    def _replace_in(self, model, name, target):
        records = model.with_context(active_test=False).search([(name, "in", self.ids)])
        if model._fields[name].type == "many2one":
            records[name] = target
        else:
            records[name] = [*(Command.unlink(category.id) for category in self), Command.link(target.id)]

    def _merged_limits(self, target):
        """The products and sites of the merged category; none stands for all: ``{field: ids}``."""
        categories = self | target
        return {
            name: categories[name].ids if all(category[name] for category in categories) else []
            for name in ("product_ids", "site_ids")
        }

    def _current(self):
        """The category that is in use in place of this one: itself, or what it was merged into."""
        return self.merged_into_id or self
