from odoo import models


class ResUsers(models.Model):
    _inherit = "res.users"

    def _mfa_type(self):
        kind = super()._mfa_type()
        # Nobody could log in to a new database to name the server by which codes go out. Who has an app is asked for
        # its code all the same.
        if kind == "totp_mail" and not self.env["ir.mail_server"]._has_way_out():
            return None
        return kind
