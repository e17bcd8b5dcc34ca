from odoo.http import request, route

from odoo.addons.web.controllers.session import Session


class WorkSession(Session):
    """Who logs out has left work, unless they work on another device."""

    @route()
    def destroy(self):
        self._leave_work()
        return super().destroy()

    @route()
    def logout(self, redirect="/odoo"):
        self._leave_work()
        return super().logout(redirect=redirect)

    def _leave_work(self):
        uid = request.session.uid
        if uid:
            # the route has no environment's user: the session is what ends
            request.env(user=uid)["helpdesk.agent.device"]._leave(request.session.sid)
