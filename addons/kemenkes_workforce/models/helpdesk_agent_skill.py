from odoo import api, fields, models

from .helpdesk_skill import LEVELS


class HelpdeskAgentSkill(models.Model):
    """How well an agent can something (R25.a.2). A change holds from the next decision of the distribution on."""

    _name = "helpdesk.agent.skill"
    _description = "Agent's Skill"
    _order = "user_id, skill_id"
    _rec_name = "skill_id"

    user_id = fields.Many2one("res.users", "Agent", required=True, ondelete="cascade", domain=[("share", "=", False)])
    skill_id = fields.Many2one("helpdesk.skill", required=True, index=True, ondelete="cascade")
    level = fields.Selection(LEVELS, required=True, default="3")

    _skill_unique = models.UniqueIndex("(user_id, skill_id)", "This agent has this skill already.")

    @api.model_create_multi
    def create(self, vals_list):
        skills = super().create(vals_list)
        skills._changed({})
        return skills

    def write(self, vals):
        old = {skill: int(skill.level) for skill in self}
        result = super().write(vals)
        self._changed(old)
        return result

    def unlink(self):
        rows = [skill._prepare_row(int(skill.level), 0) for skill in self]
        result = super().unlink()
        self._record(rows)
        return result

    def _changed(self, old):
        self._record([skill._prepare_row(old.get(skill, 0), int(skill.level)) for skill in self])

    def _record(self, rows):
        self.env["helpdesk.event"]._record(rows)
        self.env["helpdesk.distribution"]._wake()

    def _prepare_row(self, old, new):
        data = {"skill": self.skill_id.id, "old_level": old, "level": new}
        return {"kind": "skill_changed", "target_user_id": self.user_id.id, "data": data}
