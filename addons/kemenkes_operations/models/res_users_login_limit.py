from odoo import api, models
from odoo.exceptions import AccessDenied
from odoo.http import request

WINDOW_SECONDS = 15 * 60
# Failures within the window: of one account from one network; of a network, behind which a whole site may sit; of one
# account from everywhere. Who guesses from one network shuts out nobody but that network.
HERE, NETWORK, ACCOUNT = 10, 200, 60


class ResUsers(models.Model):
    """Guessing passwords is slowed down over all processes and nodes; Odoo's own brake knows one process and address.

    A passkey is not guessed, so it opens an account whose password somebody else is guessing.
    """

    _inherit = "res.users"

    def _login(self, credential, user_agent_env):
        if not request or credential.get("type") != "password":
            return super()._login(credential, user_agent_env)
        counters = self._login_counters(credential.get("login"))
        limits = self.env["helpdesk.rate.limit"]
        if any(limits._is_used_up(scope, who, limit, WINDOW_SECONDS) for scope, who, limit in counters):
            raise AccessDenied(self.env._("Too many login failures, please wait a bit before trying again."))
        turned_away = self._is_turned_away()
        try:
            return super()._login(credential, user_agent_env)
        except AccessDenied:
            if not turned_away:
                self._count_apart(counters)
            raise

    @api.model
    def _login_counters(self, login):
        network = self.env["helpdesk.rate.limit"]._network(request.httprequest.remote_addr)
        account = (login or "").strip().lower()
        return (
            ("login-here", f"{network} {account}", HERE),
            ("login-network", network, NETWORK),
            ("login-account", account, ACCOUNT),
        )

    @api.model
    def _count_apart(self, counters):
        """In a transaction of its own: the request's is rolled back."""
        with self.env.registry.cursor() as cr:
            limits = self.env(cr=cr)["helpdesk.rate.limit"]
            for scope, who, _limit in counters:
                limits._count(scope, who)
