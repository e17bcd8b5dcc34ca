from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.kemenkes_helpdesk.models.helpdesk_channel import CHANNEL_KINDS


class HelpdeskQaScorecard(models.Model):
    """What a conversation is judged by. A card that is in use never changes: a new version takes its place.

    So an evaluation keeps its score for ever, and "what was asked in March" can be looked up.
    """

    _name = "helpdesk.qa.scorecard"
    _description = "Scorecard"
    _inherit = ["mail.thread"]
    _order = "sequence, name, number desc"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10, help="The first card that fits a conversation is proposed.")
    number = fields.Integer("Version", default=1, readonly=True, copy=False, aggregator=None)
    state = fields.Selection(
        [("draft", "Draft"), ("active", "In use"), ("retired", "Replaced")],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    previous_id = fields.Many2one(
        "helpdesk.qa.scorecard", "Replaces", readonly=True, copy=False, index="btree_not_null"
    )
    channel_kind = fields.Selection(CHANNEL_KINDS, help="Empty: conversations of every channel.")
    product_ids = fields.Many2many("helpdesk.product", string="Products", help="Empty: of every product.")
    pass_percent = fields.Float("Passed from (%)", default=80, help="A score below is not passed.")
    description = fields.Text(translate=True)
    section_ids = fields.One2many("helpdesk.qa.section", "scorecard_id", "Sections", copy=True)
    criterion_ids = fields.One2many("helpdesk.qa.criterion", "scorecard_id", "Criteria")
    criterion_count = fields.Integer("Criteria count", compute="_compute_criterion_count")

    _pass_percent_range = models.Constraint(
        "CHECK(pass_percent > 0 AND pass_percent <= 100)", "A score is passed from a share between 1 and 100 %."
    )
    _one_successor = models.UniqueIndex(
        "(previous_id) WHERE previous_id IS NOT NULL", "This scorecard has a newer version already."
    )

    @api.depends("criterion_ids")
    def _compute_criterion_count(self):
        for card in self:
            card.criterion_count = len(card.criterion_ids)

    @api.depends("name", "number")
    def _compute_display_name(self):
        for card in self:
            card.display_name = self.env._("%(name)s (version %(number)s)", name=card.name, number=card.number)

    # IN USE, REPLACED

    def write(self, vals):
        if set(vals) & {"channel_kind", "product_ids", "pass_percent", "section_ids"}:
            self._check_may_change()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self._check_may_change()

    def _check_may_change(self):
        """Only drafts change.

        :raise UserError: the card is in use or replaced
        """
        if used := self.filtered(lambda card: card.state != "draft"):
            raise UserError(self.env._("%s is in use. Make a new version of it to change it.", used[0].display_name))

    def action_publish(self):
        """Put drafts in use; each takes the place of the version it replaces.

        :raise ValidationError: a card asks for nothing
        """
        for card in self.filtered(lambda card: card.state == "draft"):
            if not card.criterion_ids:
                raise ValidationError(self.env._("%s has no criterion: there is nothing to judge by.", card.name))
        drafts = self.filtered(lambda card: card.state == "draft")
        drafts.previous_id.state = "retired"
        drafts.state = "active"

    def action_new_version(self):
        """A draft that takes this card's place when it is put in use.

        :return: an action that opens it
        """
        self.ensure_one()
        newest = self.search([("previous_id", "=", self.id)], limit=1) or self.copy(
            {"previous_id": self.id, "number": self.number + 1, "name": self.name}
        )
        return newest._action_form()

    def action_retire(self):
        """Take cards out of use without a newer one; evaluations keep them."""
        self.filtered(lambda card: card.state == "active").state = "retired"

    def action_reactivate(self):
        """Put cards in use again that nothing has replaced (undo).

        :raise UserError: a newer version is in use
        """
        for card in self:
            if self.search_count([("previous_id", "=", card.id), ("state", "!=", "draft")], limit=1):
                raise UserError(self.env._("%s was replaced by a newer version.", card.display_name))
        self.filtered(lambda card: card.state == "retired").state = "active"

    def _action_form(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }

    # WHICH CARD FOR WHICH CONVERSATION

    @api.model
    def _find_for(self, ticket):
        """The card that a conversation is judged by: the first in use that fits its channel and product.

        :param ticket: ``helpdesk.ticket``, one record
        :return: a card, or none
        """
        domain = (
            Domain("state", "=", "active")
            & Domain("channel_kind", "in", [False, ticket.channel_kind])
            & (Domain("product_ids", "=", False) | Domain("product_ids", "in", ticket.product_id.ids))
        )
        # the more special card first: one for this channel and product before one for all
        return self.search(domain).sorted(
            lambda card: (card.sequence, not card.product_ids, not card.channel_kind, card.id)
        )[:1]
