from odoo import api, fields, models

from odoo.addons.kemenkes_helpdesk.models.res_users_account import ROLES

from .helpdesk_nda import OPEN_STATUSES
from .helpdesk_onboarding_step import PROOFS


class HelpdeskOnboardingTask(models.Model):
    """One step of one colleague's onboarding: who does it, until when, and who has done it."""

    _name = "helpdesk.onboarding.task"
    _description = "Step for a New Colleague"
    _order = "sequence, id"

    onboarding_id = fields.Many2one("helpdesk.onboarding", required=True, ondelete="cascade", index=True)
    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    responsible_role = fields.Selection(ROLES, "Done by", required=True, default="admin_support")
    due_date = fields.Date("Until", required=True)
    proof = fields.Selection(PROOFS, "Done when", required=True, default="manual", readonly=True)
    is_done = fields.Boolean("Done")
    done_date = fields.Datetime("Done on", readonly=True)
    done_by_id = fields.Many2one("res.users", "Ticked by", readonly=True)
    is_overdue = fields.Boolean("Overdue", compute="_compute_is_overdue")

    @api.depends("is_done", "due_date")
    def _compute_is_overdue(self):
        today = fields.Date.context_today(self)
        for task in self:
            task.is_overdue = not task.is_done and bool(task.due_date) and task.due_date < today

    def write(self, vals):
        if "is_done" in vals:
            done = bool(vals["is_done"])
            vals = {**vals, "done_date": done and self.env.cr.now(), "done_by_id": done and self.env.uid}
        result = super().write(vals)
        if "is_done" in vals:
            self.onboarding_id._settle()
        return result

    def _look(self):
        """Tick the steps that the product sees to be done."""
        proven = self.filtered(lambda task: not task.is_done and task._is_proven())
        if proven:
            proven.is_done = True

    def _is_proven(self):
        # sudo: only whether a step of the checklist is done is learnt of the account
        user = self.onboarding_id.user_id.sudo()
        if not user:
            return False
        if self.proof == "account":
            return user.active
        if self.proof == "nda":
            return user.nda_id.status in OPEN_STATUSES
        if self.proof == "logged_in":
            return bool(user.login_date)
        return self.proof == "second_factor" and user.totp_enabled
