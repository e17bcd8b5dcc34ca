from odoo.http import request, route

from odoo.addons.web.controllers.home import Home
from odoo.addons.web.controllers.session import Session


class LedgerSession(Session):
    """Logging out is a ledger row."""

    @route()
    def destroy(self):
        self._record_logout()
        return super().destroy()

    @route()
    def logout(self, redirect="/odoo"):
        self._record_logout()
        return super().logout(redirect=redirect)

    def _record_logout(self):
        uid = request.session.uid
        if uid:
            # the route has no environment's user: the session is what ends
            request.env(user=uid)["helpdesk.event"]._record([{"kind": "logged_out"}])


class LedgerHome(Home):
    @route()
    def switch_to_admin(self):
        """Becoming the superuser hides who one is; the session remembers it for the ledger."""
        uid = request.session.uid
        response = super().switch_to_admin()
        if request.session.uid != uid:
            request.session["helpdesk_real_uid"] = uid
            events = request.env(user=request.session.uid)["helpdesk.event"]
            events._record([{"kind": "logged_in", "data": {"method": "become"}}])
        return response
