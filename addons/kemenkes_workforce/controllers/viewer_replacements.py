from werkzeug.exceptions import NotFound

from odoo import http
from odoo.http import request

from odoo.addons.kemenkes_helpdesk.controllers.viewer_portal import ViewerPortal

SHOWN = 100


class ViewerReplacements(ViewerPortal):
    """Pusdatin reads the written notices of replaced agents, and that their access is gone (R10)."""

    @http.route("/my/helpdesk/replacements", type="http", auth="user", website=True, methods=["GET"])
    def list_replacements(self, **_params):
        """The notices for the viewer's sites, the newest first."""
        self._check_viewer()
        replacements = request.env["helpdesk.replacement"].search([], limit=SHOWN)
        return self._render(
            "kemenkes_workforce.viewer_replacements",
            {
                "page_title": request.env._("Replacements of agents"),
                "rows": [self._prepare_replacement(one) for one in replacements.sudo()],
            },
        )

    @http.route(
        "/my/helpdesk/replacements/<int(max=2147483647):replacement_id>/acknowledge",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def acknowledge_replacement(self, replacement_id, **_params):
        """Note that Pusdatin has read the notice."""
        self._check_viewer()
        replacement = request.env["helpdesk.replacement"].search([("id", "=", replacement_id)])
        if not replacement:
            raise NotFound
        replacement._acknowledge()
        return request.redirect("/my/helpdesk/replacements", code=303)

    def _prepare_replacement(self, one):
        states = dict(one._fields["state"]._description_selection(request.env))
        return {
            "id": one.id,
            "name": one.name,
            "date": self._moment(one, one.notified_date),
            "state": one.state,
            "state_name": states[one.state],
            "notice": one.notice,
            "agent": one.user_id.name,
            "successor": one.successor_id.name or "-",
            "last_day": f"{one.last_day:%d/%m/%Y}",
            "tickets": len(one.line_ids),
            "handed_over": len(one.line_ids.filtered("is_done")),
            "closed": self._moment(one, one.closed_date),
            "confirmation": one._prepare_confirmation() if one.state == "closed" else "",
            "acknowledged": one.acknowledged_date
            and f"{one.acknowledged_by_id.name}, {self._moment(one, one.acknowledged_date)}",
        }

    def _moment(self, one, moment):
        if not moment:
            return ""
        local, zone = request.env["helpdesk.ticket"].new({"site_id": one.site_id.id})._portal_time(moment)
        return f"{local:%d/%m/%Y %H:%M} {zone}"
