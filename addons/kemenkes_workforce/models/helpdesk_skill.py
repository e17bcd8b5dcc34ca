from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.base.models.res_partner import _lang_get
from odoo.addons.kemenkes_helpdesk.models.helpdesk_channel import CHANNEL_KINDS

# What a skill is about -> the field that says which.
SUBJECTS = {
    "channel": "channel_kind",
    "product": "product_id",
    "language": "language",
    "category": "category_id",
}
LEVELS = [("1", "1 Learning"), ("2", "2 With help"), ("3", "3 On one's own"), ("4", "4 Experienced"), ("5", "5 Expert")]


class HelpdeskSkill(models.Model):
    """Something that some agents can and that a ticket asks for by itself: its channel, product, language, category."""

    _name = "helpdesk.skill"
    _description = "Skill"
    _order = "sequence, name"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer()
    subject = fields.Selection(
        [("channel", "Kind of channel"), ("product", "Product"), ("language", "Language"), ("category", "Category")],
        required=True,
        default="product",
    )
    channel_kind = fields.Selection(CHANNEL_KINDS, "Kind of channel")
    product_id = fields.Many2one("helpdesk.product")
    language = fields.Selection(_lang_get, help="Of the customer.")
    category_id = fields.Many2one("helpdesk.category", help="With all categories below it.")
    is_required = fields.Boolean("Only who has it", help="Agents without it, or below the level, don't get such work.")
    minimum_level = fields.Selection(LEVELS, "From level", required=True, default="1")
    agent_ids = fields.One2many("helpdesk.agent.skill", "skill_id", "Agents")
    agent_count = fields.Integer("Number of agents", compute="_compute_agent_count")

    @api.depends("agent_ids")
    def _compute_agent_count(self):
        groups = self.env["helpdesk.agent.skill"]._read_group([("skill_id", "in", self.ids)], ["skill_id"], ["__count"])
        counts = dict(groups)
        for skill in self:
            skill.agent_count = counts.get(skill, 0)

    @api.constrains("subject", *SUBJECTS.values())
    def _check_subject(self):
        for skill in self:
            if not skill[SUBJECTS[skill.subject]]:
                raise ValidationError(self.env._("Say which one the skill %s is about.", skill.name))

    @api.model_create_multi
    def create(self, vals_list):
        skills = super().create(vals_list)
        self.env["helpdesk.distribution"]._wake()
        return skills

    def write(self, vals):
        result = super().write(vals)
        self.env["helpdesk.distribution"]._wake()
        return result
