from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.kemenkes_helpdesk.models.helpdesk_ticket import PRIORITIES
from odoo.addons.kemenkes_helpdesk.tools import language, pattern

from .helpdesk_review import STORES


class HelpdeskReviewRule(models.Model):
    """Which reviews become tickets, and whose."""

    _name = "helpdesk.review.rule"
    _description = "Review Rule"
    _order = "sequence, id"

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10, help="The first that fits decides.")
    active = fields.Boolean(default=True)
    store = fields.Selection(STORES, help="Leave empty for both.")
    product_ids = fields.Many2many("helpdesk.product", string="Products", help="Leave empty for every product.")
    min_stars = fields.Integer("Stars from", required=True, default=1)
    max_stars = fields.Integer("Stars to", required=True, default=2)
    words = fields.Text(help="One word or phrase a line; any of them is enough. Empty: whatever it says.")
    language = fields.Selection([("id", "Indonesian"), ("en", "English")], help="Leave empty for any.")
    team_id = fields.Many2one("helpdesk.team", "Give to team", help="Empty: the channel's team.")
    category_id = fields.Many2one("helpdesk.category", "Set category")
    priority = fields.Selection(PRIORITIES, "Set priority")
    tag_ids = fields.Many2many("helpdesk.tag", string="Add tags")

    _stars_order = models.Constraint(
        "CHECK(1 <= min_stars AND min_stars <= max_stars AND max_stars <= 5)",
        "Stars go from 1 to 5, the lower number first.",
    )

    @api.constrains("words")
    def _check_words(self):
        for rule in self:
            if rule.words and not rule._lines():
                raise ValidationError(self.env._("Write at least one word for %s to look for, or none.", rule.name))

    @api.model
    def _find(self, reviews):
        """The rule that fits each review.

        :param reviews: ``helpdesk.review``
        :return: ``{helpdesk.review: helpdesk.review.rule}``, without those that none fits
        """
        # sudo: rules work for everyone
        rules = [(rule, rule._compile()) for rule in self.sudo().search([])]
        fitting = {}
        for review in reviews:
            rule = next((rule for rule, words in rules if rule._fits(review, words)), None)
            if rule:
                fitting[review] = rule
        return fitting

    def _lines(self):
        return [line for line in (self.words or "").splitlines() if line.strip()]

    def _compile(self):
        return pattern.compile_words(self._lines()) if self._lines() else None

    def _fits(self, review, words):
        if self.store and self.store != review.store:
            return False
        if self.product_ids and review.product_id not in self.product_ids:
            return False
        if not self.min_stars <= review.stars <= self.max_stars:
            return False
        text = f"{review.title or ''}\n{review.original_text or review.text or ''}"
        if self.language and language.detect(text) != self.language:
            return False
        return words is None or bool(pattern.find(words, text))

    def _prepare_ticket_values(self):
        """What a ticket of this rule starts with, where it differs from the channel's."""
        values = {
            "team_id": self.team_id.id,
            "category_id": self.category_id.id,
            "priority": self.priority,
            "tag_ids": [fields.Command.set(self.tag_ids.ids)] if self.tag_ids else False,
        }
        return {name: value for name, value in values.items() if value}
