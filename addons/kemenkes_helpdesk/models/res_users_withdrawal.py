import secrets

from odoo import models
from odoo.fields import Command

# Keys that open an account without its password -> how the confirmation counts them, and whose they are. The last one
# is of a module that not every installation has.
KEY_MODELS = {
    "res.users.apikeys": ("api_keys", "user_id"),
    "auth_totp.device": ("trusted_devices", "user_id"),
    "auth.passkey.key": ("passkeys", "create_uid"),
}


class ResUsers(models.Model):
    """Shutting an account for good: no way in is left, and none comes back should it be restored (R10)."""

    _inherit = "res.users"

    def _withdraw_access(self):
        """Take every way in from one account, in this transaction, and archive it.

        Sessions on all devices, API keys, trusted devices, the second factor, links that set a password, the password
        itself, roles and lists, what it follows and the channels it is in. Addons that know more ways in shut theirs.

        :return: what was taken, ``{"devices": 2, "api_keys": 1, ...}``
        :raise AccessError: the user may not manage this account
        """
        self.ensure_one()
        self._check_helpdesk_account()
        # sudo: checked above; admin support has no rights on accounts
        user = self.sudo()
        taken = {"devices": user._withdraw_devices()}
        for model, (name, owner) in KEY_MODELS.items():
            if model in self.env:
                keys = self.env[model].sudo().search([(owner, "=", user.id)])
                taken[name] = len(keys)
                keys.unlink()
        taken["second_factor"] = int(user.totp_enabled)
        taken.update(user._withdraw_rights())
        taken.update(user._withdraw_conversations())
        # archiving ends the links by which the password is set; an unknown password ends the known one
        user.write({"totp_secret": False, "password": secrets.token_urlsafe(32), "active": False})
        self.env["helpdesk.event"]._record([{"kind": "access_withdrawn", "target_user_id": user.id, "data": taken}])
        return taken

    def _withdraw_devices(self):
        devices = self.env["res.device"].search([("user_id", "=", self.id)])
        if devices:
            devices._revoke()
        return len(devices)

    def _withdraw_rights(self):
        """No group is left but the one that says which kind of account it is; the lists are empty."""
        kept = self.env.ref("base.group_portal" if self.share else "base.group_user")
        groups = self.group_ids - kept
        self.write(
            {
                "group_ids": [Command.set(kept.ids)],
                "helpdesk_product_ids": [Command.clear()],
                "helpdesk_site_ids": [Command.clear()],
                "helpdesk_team_ids": [Command.clear()],
            }
        )
        return {"groups": len(groups)}

    def _withdraw_conversations(self):
        """Nothing is sent to the account any more."""
        partner = self.partner_id
        followed = self.env["mail.followers"].search(
            [("partner_id", "=", partner.id), ("res_model", "=", "helpdesk.ticket")]
        )
        members = self.env["discuss.channel.member"].search([("partner_id", "=", partner.id)])
        taken = {"followed_tickets": len(followed), "discuss_channels": len(members)}
        followed.unlink()
        members.unlink()
        return taken
