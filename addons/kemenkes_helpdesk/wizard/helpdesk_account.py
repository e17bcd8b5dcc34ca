from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tools import email_normalize

LISTS = ("helpdesk_product_ids", "helpdesk_site_ids", "helpdesk_team_ids")


class HelpdeskAccount(models.TransientModel):
    """The narrow door by which admin support makes and changes accounts (R7).

    It writes a few fields of ``res.users`` in sudo, after checking that neither the role given nor the account touched
    goes beyond what the user may give; so nobody climbs by way of it.
    """

    _name = "helpdesk.account"
    _description = "Helpdesk Account"
    _rec_name = "login"

    user_id = fields.Many2one("res.users", "Account", readonly=True)
    name = fields.Char(required=True)
    login = fields.Char("E-mail", required=True, help="The account logs in with it, and gets its invitation by it.")
    role = fields.Selection("_selection_role", required=True)
    active = fields.Boolean(default=True)
    lang = fields.Selection("_selection_lang", "Language", default=lambda self: self.env.user.lang)
    tz = fields.Selection(
        [("Asia/Jakarta", "WIB"), ("Asia/Makassar", "WITA"), ("Asia/Jayapura", "WIT")],
        "Time zone",
        default="Asia/Jakarta",
    )
    helpdesk_product_ids = fields.Many2many("helpdesk.product", string="Products")
    helpdesk_site_ids = fields.Many2many("helpdesk.site", string="Sites")
    helpdesk_team_ids = fields.Many2many("helpdesk.team", string="Teams")
    has_logged_in = fields.Boolean(readonly=True)
    invitation_url = fields.Char(
        "Invitation", readonly=True, help="Opens once; give it to nobody but the person it is for."
    )

    @api.model
    def _selection_role(self):
        given = self.env.user._helpdesk_roles_to_give()
        return [
            (role, label)
            for role, label in self.env["res.users"]._fields["helpdesk_role"]._description_selection(self.env)
            if role in given
        ]

    @api.model
    def _selection_lang(self):
        return self.env["res.lang"].get_installed()

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        user = self.env["res.users"].browse(values.get("user_id"))
        if not user:
            return values
        user._check_helpdesk_account()
        # sudo: checked above
        user = user.sudo()
        values.update({name: [Command.set(user[name].ids)] for name in LISTS})
        values.update({name: user[name] for name in ("name", "login", "active", "lang", "tz")})
        return {**values, "role": user.helpdesk_role, "has_logged_in": bool(user.login_date)}

    def action_save(self):
        """Make the account, or change it.

        :return: the action that shows the invitation of a new account; nothing for a change
        :raise AccessError: the role or the account is beyond the user's own rights
        :raise UserError: the address is none, or taken
        """
        self.ensure_one()
        self._check_role()
        if self.user_id:
            self._change()
            return {"type": "ir.actions.act_window_close"}
        self._make()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Invitation"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "view_id": self.env.ref("kemenkes_helpdesk.helpdesk_account_view_form_invitation").id,
            "target": "new",
        }

    def action_invite(self):
        """Mail a link by which the account sets its password, to the address that it has."""
        self.ensure_one()
        self.user_id._check_helpdesk_account()
        # sudo: checked above; the link goes to the account's own address
        self.user_id.sudo().action_reset_password()

    def _check_role(self):
        if not self.env.user.has_group("kemenkes_helpdesk.group_admin_support"):
            raise AccessError(self.env._("Accounts are managed by admin support."))
        if self.role not in self.env.user._helpdesk_roles_to_give():
            raise AccessError(self.env._("You can't give this role."))

    def _make(self):
        # sudo: the role was checked, and only fields of this form are written
        users = self.env["res.users"].sudo().with_context(no_reset_password=True)
        login = self._checked_login(users)
        values = {**self._prepare_values(), "login": login, "email": login}
        user = users.create({**values, "group_ids": [Command.set(self._role_group().ids)]})
        user.partner_id.signup_prepare()
        self.user_id = user
        self.invitation_url = user.partner_id._get_signup_url_for_action()[user.partner_id.id]

    def _change(self):
        self.user_id._check_helpdesk_account()
        # sudo: checked above
        user = self.user_id.sudo()
        values = {**self._prepare_values(), "active": self.active}
        if self.login != user.login:
            values["login"] = values["email"] = self._checked_login(user)
        if self.role != user.helpdesk_role:
            values["group_ids"] = self._prepare_role_change(user)
        if user.active and not self.active:
            self.user_id.action_helpdesk_revoke_devices()
        user.write(values)

    def _prepare_values(self):
        return {
            "name": self.name,
            "lang": self.lang,
            "tz": self.tz,
            **{name: [Command.set(self[name].ids)] for name in LISTS},
        }

    def _checked_login(self, users):
        login = email_normalize(self.login)
        if not login:
            raise UserError(self.env._("%s is not an e-mail address.", self.login))
        # whoever gets a used account's mail gets its password, and with it what others did in its name
        if users and users.login_date:
            raise UserError(
                self.env._("The address of an account that has been used can't be changed. Make a new account.")
            )
        if users.with_context(active_test=False).search_count([("login", "=", login), ("id", "not in", users.ids)]):
            raise UserError(self.env._("There is an account with this address already."))
        return login

    def _role_group(self):
        return self.env["res.users"]._helpdesk_role_groups()[self.role]

    def _prepare_role_change(self, user):
        if user.share != (self.role == "pusdatin_viewer"):
            raise UserError(self.env._("An account is a colleague's or a portal user's for good. Make a new account."))
        roles = self.env["res.users"]._helpdesk_role_groups().values()
        return [*(Command.unlink(group.id) for group in roles), Command.link(self._role_group().id)]
