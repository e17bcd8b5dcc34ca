from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Command, Domain

from odoo.addons.kemenkes_helpdesk.models.res_users_account import ROLES


class HelpdeskOnboarding(models.Model):
    """A new colleague, and what has to be done until they may work: each step with who and when (R7, R8)."""

    _name = "helpdesk.onboarding"
    _description = "Onboarding"
    _inherit = ["mail.thread"]
    _order = "start_date desc, id desc"

    name = fields.Char(required=True)
    role = fields.Selection(
        [role for role in ROLES if role[0] not in ("user", "pusdatin_viewer", "manager")],
        required=True,
        default="agent",
    )
    site_id = fields.Many2one("helpdesk.site", required=True, index=True)
    start_date = fields.Date("First working day", required=True, default=fields.Date.context_today)
    user_id = fields.Many2one(
        "res.users", "Account", domain=[("helpdesk_role", "!=", False)], index="btree_not_null", tracking=True
    )
    task_ids = fields.One2many("helpdesk.onboarding.task", "onboarding_id", "Steps")
    progress = fields.Integer("Done (%)", compute="_compute_progress")
    overdue_count = fields.Integer("Overdue", compute="_compute_progress")
    state = fields.Selection(
        [("open", "In progress"), ("done", "Ready to work"), ("cancelled", "Cancelled")],
        required=True,
        readonly=True,
        default="open",
        tracking=True,
    )

    @api.depends("task_ids.is_done", "task_ids.due_date")
    def _compute_progress(self):
        today = fields.Date.context_today(self)
        for onboarding in self:
            tasks = onboarding.task_ids
            done = tasks.filtered("is_done")
            onboarding.progress = round(100 * len(done) / len(tasks)) if tasks else 0
            onboarding.overdue_count = len((tasks - done).filtered(lambda task: task.due_date < today))

    @api.model_create_multi
    def create(self, vals_list):
        onboardings = super().create(vals_list)
        for onboarding in onboardings:
            onboarding._add_steps()
        return onboardings

    def write(self, vals):
        result = super().write(vals)
        if "user_id" in vals:
            self.task_ids._look()
        return result

    def _add_steps(self):
        steps = self.env["helpdesk.onboarding.step"].search(Domain("role", "in", (False, self.role)))
        self.task_ids = [
            Command.create(
                {
                    "name": step.name,
                    "sequence": step.sequence,
                    "proof": step.proof,
                    "responsible_role": step.responsible_role,
                    "due_date": self.start_date + timedelta(days=step.days),
                }
            )
            for step in steps
        ]
        self.task_ids._look()

    def action_open_account(self):
        """The form by which admin support opens accounts, filled in as far as it is known.

        :return: an action
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New account"),
            "res_model": "helpdesk.account",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_name": self.name,
                "default_role": self.role,
                "default_tz": self.site_id.timezone,
                "default_helpdesk_site_ids": self.site_id.ids,
            },
        }

    def action_look(self):
        """Tick what the product can see by itself.

        :return: True
        """
        self.task_ids._look()
        return True

    def action_cancel(self):
        """The colleague does not come."""
        self.filtered(lambda one: one.state == "open").state = "cancelled"
        return True

    @api.model
    def _cron_look(self):
        """Tick what has been proven meanwhile."""
        self.search([("state", "=", "open")]).task_ids._look()

    def _settle(self):
        """Ready when every step is done; open again when one is not."""
        # sudo: who ticks the last step need not be who leads the onboarding
        for onboarding in self.sudo().filtered(lambda one: one.state != "cancelled" and one.task_ids):
            onboarding.state = "done" if all(onboarding.task_ids.mapped("is_done")) else "open"
