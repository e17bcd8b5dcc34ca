from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

# From the least to the most; an account has one of them.
ROLES = [
    ("user", "Reader"),
    ("pusdatin_viewer", "Pusdatin viewer"),
    ("agent", "Agent L1"),
    ("expert", "Agent L2 (Pusdatin)"),
    ("trainer", "Trainer"),
    ("quality", "Quality assurance"),
    ("analyst", "Data reporting and analyst"),
    ("team_leader", "Team leader"),
    ("supervisor", "Supervisor"),
    ("admin_support", "Admin support"),
    ("operation_manager", "Operation manager"),
    ("manager", "Administrator"),
]
# Who gives roles must not be able to give more than they should hold: these only an administrator gives, and the
# administrator's own role is given in Odoo's settings.
GIVEN_BY_ADMINISTRATOR = ("admin_support", "operation_manager")
GIVEN_BY_NOBODY = ("manager",)


class ResUsers(models.Model):
    """Accounts of the helpdesk, managed by admin support, who is no administrator of Odoo (R6, R7)."""

    _inherit = "res.users"

    helpdesk_role = fields.Selection(
        ROLES, "Helpdesk role", compute="_compute_helpdesk_role", search="_search_helpdesk_role", compute_sudo=True
    )

    @api.depends("group_ids")
    def _compute_helpdesk_role(self):
        groups = self._helpdesk_role_groups()
        for user in self:
            held = [role for role, group in groups.items() if group in user.group_ids]
            user.helpdesk_role = held[-1] if held else False

    @api.model
    def _search_helpdesk_role(self, operator, value):
        if operator != "in":
            return NotImplemented
        groups = self._helpdesk_role_groups()
        wanted = [groups[role].id for role in value if role in groups]
        # sudo: groups of accounts are hidden, roles are not
        holders = self.sudo().with_context(active_test=False)._search([("group_ids", "in", wanted)])
        domain = Domain("id", "in", holders)
        if False in value:
            everybody = [group.id for group in groups.values()]
            domain |= ~Domain(
                "id", "in", self.sudo().with_context(active_test=False)._search([("group_ids", "in", everybody)])
            )
        return domain

    @api.model
    def _helpdesk_role_groups(self):
        """``{role: res.groups}``, in rising order, sudo."""
        return {role: self.env.ref(f"kemenkes_helpdesk.group_{role}").sudo() for role, _label in ROLES}

    def action_helpdesk_account(self):
        """Open the form in which admin support changes this account."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Account"),
            "res_model": "helpdesk.account",
            "view_mode": "form",
            "target": "new",
            "context": {"default_user_id": self.id},
        }

    def action_helpdesk_revoke_devices(self):
        """Sign these accounts out everywhere."""
        self._check_helpdesk_account()
        # sudo: checked above
        self.env["res.device"].sudo().search([("user_id", "in", self.ids)])._revoke()

    def _check_helpdesk_account(self):
        """That the user may manage these accounts: not their own, and none with rights beyond the helpdesk's.

        :raise AccessError: they may not
        """
        manager = self.env.user
        if not self.env.su and not manager.has_group("kemenkes_helpdesk.group_admin_support"):
            raise AccessError(self.env._("Accounts are managed by admin support."))
        if manager in self:
            raise AccessError(self.env._("Nobody changes their own account."))
        groups = self._helpdesk_role_groups()
        known = self.env["res.groups"].sudo()
        for role in manager._helpdesk_roles_to_give():
            known |= groups[role].all_implied_ids
        known |= self.env.ref("base.default_user_group").sudo().all_implied_ids
        known |= self.env.ref("base.group_portal").sudo().all_implied_ids
        # a preference that Odoo keeps as a group
        known |= self.env.ref("mail.group_mail_notification_type_inbox").sudo()
        # sudo: what the account holds decides, whether or not the one who asks may see it
        for user in self.sudo():
            if beyond := user.all_group_ids - known:
                raise AccessError(
                    self.env._(
                        "%(user)s has rights that you can't give: %(groups)s.",
                        user=user.name,
                        groups=", ".join(beyond.mapped("full_name")),
                    )
                )

    def _helpdesk_roles_to_give(self):
        """The roles that this account may give to others.

        :return: list of keys of ROLES
        """
        self.ensure_one()
        refused = GIVEN_BY_NOBODY
        if not self.has_group("kemenkes_helpdesk.group_manager"):
            refused += GIVEN_BY_ADMINISTRATOR
        return [role for role, _label in ROLES if role not in refused]

    def _notify_security_setting_update(self, subject, content, mail_values=None, **kwargs):
        """Nobody is told about an account that has lost its address, such as that of an erased customer."""
        reachable = self.filtered("email")
        return super(ResUsers, reachable)._notify_security_setting_update(subject, content, mail_values, **kwargs)
