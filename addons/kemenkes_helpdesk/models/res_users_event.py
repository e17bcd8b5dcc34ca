from odoo import api, models
from odoo.exceptions import AccessDenied
from odoo.http import request

# Fields whose content is nobody's business, whose change is.
SECRETS = ("login", "password", "totp_secret")


class ResUsers(models.Model):
    """What accounts do and what is done to them, in the ledger (R27.b.2): log-ins, rights, archiving."""

    _name = "res.users"
    _inherit = ["res.users", "helpdesk.event.membership.mixin"]

    _ledger_memberships = ("group_ids", "helpdesk_product_ids", "helpdesk_site_ids", "helpdesk_team_ids")

    # LOGGING IN

    def _login(self, credential, user_agent_env):
        # attempts that are turned away unread, because of too many, leave no row: a flood must not fill the ledger
        turned_away = self._is_turned_away()
        try:
            auth_info = super()._login(credential, user_agent_env)
        except AccessDenied:
            if not turned_away:
                self._record_login_failed(credential.get("login"))
            raise
        uid = auth_info["uid"]
        pending = auth_info.get("mfa") != "skip" and bool(self.browse(uid).sudo()._mfa_url())
        data = {"method": auth_info.get("auth_method"), "second_factor_pending": pending}
        self.env["helpdesk.event"]._record([{"kind": "logged_in", "user_id": uid, "real_user_id": uid, "data": data}])
        return auth_info

    def _check_uid_passwd(self, uid, passwd):
        turned_away = self._is_turned_away()
        try:
            return super()._check_uid_passwd(uid, passwd)
        except AccessDenied:
            if not turned_away:
                self._record_login_failed(uid=uid)
            raise

    def _check_credentials(self, credential, env):
        try:
            return super()._check_credentials(credential, env)
        except AccessDenied:
            # a wrong password is noted by the callers above, which also know the unknown accounts
            if credential["type"] == "totp":
                self._record_login_failed(uid=self.env.uid)
            raise

    @api.model
    def _is_turned_away(self):
        if not request:
            return False
        failures = getattr(self.env.registry, "_login_failures", {}).get(request.httprequest.remote_addr)
        return bool(failures) and self._on_login_cooldown(*failures)

    @api.model
    def _record_login_failed(self, login=None, uid=None):
        """One row in its own transaction: the request's own is rolled back.

        What was typed is not kept: people type passwords into the wrong field.
        """
        public = self.env["ir.model.data"]._xmlid_to_res_id("base.public_user")
        # sudo: nobody is logged in, so nobody could search for an account
        user = self.sudo().browse(uid) if uid else self.sudo().search(self._get_login_domain(login), limit=1)
        self.env["helpdesk.event"]._record_apart(
            [
                {
                    "kind": "login_failed",
                    "user_id": user.id or public,
                    "real_user_id": public,
                    "data": {"known": bool(user)},
                }
            ]
        )

    # RIGHTS

    @api.model_create_multi
    def create(self, vals_list):
        users = super().create(vals_list)
        self.env["helpdesk.event"]._record([{"kind": "user_created", "target_user_id": user.id} for user in users])
        return users

    def write(self, vals):
        active = {user.id: user.active for user in self} if "active" in vals else {}
        result = super().write(vals)
        rows = [
            {"kind": "rights_changed", "target_user_id": user.id, "data": {"field": name}}
            for user in self
            for name in SECRETS
            if name in vals
        ]
        rows += [
            self._prepare_active_row(user_id, vals["active"])
            for user_id, was_active in active.items()
            if was_active != bool(vals["active"])
        ]
        self.env["helpdesk.event"]._record(rows)
        return result

    def _prepare_active_row(self, user_id, active):
        if not active:
            return {"kind": "user_archived", "target_user_id": user_id}
        return {"kind": "rights_changed", "target_user_id": user_id, "data": {"field": "active", "new": True}}

    def _prepare_membership_row(self, record_id, name, old_ids, new_ids):
        row = super()._prepare_membership_row(record_id, name, old_ids, new_ids)
        return {**row, "target_user_id": record_id}
