from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import escape_psql


class ResUsers(models.Model):
    """Whose telephone rings."""

    _inherit = "res.users"

    helpdesk_extension = fields.Char("Telephone extension", copy=False)

    _extension_unique = models.UniqueIndex(
        "(helpdesk_extension) WHERE helpdesk_extension IS NOT NULL AND active", "Another account has this extension."
    )

    def _helpdesk_call_domain(self):
        """The calls that this account sees: its own, those of its tickets, and without a ticket those of its lines.

        :return: ``Domain`` on ``helpdesk.call``
        """
        self.ensure_one()
        if not self._is_admitted():
            return Domain.FALSE
        return (
            Domain("user_id", "=", self.id)
            | Domain("ticket_id", "any", self._helpdesk_ticket_domain())
            | Domain("ticket_id", "=", False) & self._helpdesk_list_domain()
        )

    @api.model
    def _of_telephone(self, pairs):
        """The accounts behind telephones.

        :param pairs: ``(extension, name at the telephone system)``; the name is a log-in, or its part before the "@"
        :return: ``{pair: res.users}``, those that are known
        """
        extensions = {extension for extension, _login in pairs if extension}
        logins = {login for _extension, login in pairs if login}
        # sudo: the telephone system tells who is meant
        users = self.sudo().search([("helpdesk_extension", "in", list(extensions)), ("share", "=", False)])
        by_extension = {user.helpdesk_extension: user for user in users}
        by_login = {user.login: user for user in self.sudo().search([("login", "in", list(logins))])}
        for login in logins - by_login.keys():
            if "@" not in login:
                found = self.sudo().search(
                    [("login", "=like", f"{escape_psql(login)}@%"), ("share", "=", False)], limit=2
                )
                if len(found) == 1:
                    by_login[login] = found
        known = {(extension, login): by_login.get(login) or by_extension.get(extension) for extension, login in pairs}
        return {pair: user for pair, user in known.items() if user}
