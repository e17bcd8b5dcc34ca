import secrets
import time
from datetime import timedelta

import babel.dates

from odoo import api, models
from odoo.exceptions import AccessDenied
from odoo.http import request
from odoo.tools.misc import babel_locale_parse

# A code by mail opens one log-in, the one it was sent for, for so long. OWASP ASVS 6.5.5: ten minutes at most.
CODE_SECONDS = 10 * 60
# In the session that waits for a code: a secret of this log-in, and until when.
SESSION_KEY = "mailed_code"


class ResUsers(models.Model):
    _inherit = "res.users"

    def _mfa_type(self):
        kind = super()._mfa_type()
        # Nobody could log in to a new database to name the server by which codes go out. Who has an app is asked for
        # its code all the same.
        if kind == "totp_mail" and not self.env["ir.mail_server"]._has_way_out():
            return None
        return kind

    @api.model
    def _is_second_factor_unsent(self):
        """Whether codes are demanded that can't be sent, so that nobody without an app is asked for any."""
        # sudo: how this database is set up
        policy = self.env["ir.config_parameter"].sudo().get_param("auth_totp.policy")
        return bool(policy) and not self.env["ir.mail_server"]._has_way_out()

    def _send_totp_mail_code(self):
        begun = request.session.get(SESSION_KEY)
        # a second mail holds the same code, unless that would end while it is being read
        if not begun or begun["until"] < time.time() + CODE_SECONDS / 2:
            request.session[SESSION_KEY] = {"secret": secrets.token_hex(16), "until": time.time() + CODE_SECONDS}
        return super()._send_totp_mail_code()

    def _get_totp_mail_key(self):
        begun = request.session.get(SESSION_KEY) if request else None
        return super()._get_totp_mail_key() + (begun["secret"] if begun else secrets.token_hex(16)).encode()

    def _get_totp_mail_code(self):
        code, _hour = super()._get_totp_mail_code()
        locale = babel_locale_parse(self.env.context.get("lang") or self.lang)
        return code, babel.dates.format_timedelta(timedelta(seconds=CODE_SECONDS), locale=locale)

    def _check_credentials(self, credential, env):
        if credential["type"] != "totp_mail":
            return super()._check_credentials(credential, env)
        begun = request.session.get(SESSION_KEY)
        if not begun or begun["until"] < time.time():
            raise AccessDenied(self.env._("This code is no longer valid; please use the newest one."))
        found = super()._check_credentials(credential, env)
        del request.session[SESSION_KEY]
        return found
