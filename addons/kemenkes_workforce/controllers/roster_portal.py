from datetime import date, timedelta

from werkzeug.exceptions import NotFound

from odoo import fields, http
from odoo.exceptions import UserError, ValidationError
from odoo.http import request

from odoo.addons.kemenkes_helpdesk.controllers.viewer_portal import FIRST_YEAR, LAST_YEAR, ViewerPortal
from odoo.addons.kemenkes_helpdesk.tools import form_submission

from ..tools import roster

SHOWN_DECISIONS = 20
REASON_MAX = 2000
ZONE_NAMES = {"Asia/Jakarta": "WIB", "Asia/Pontianak": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}


class RosterPortal(ViewerPortal):
    """Pusdatin sees the published roster, and approves or refuses its changes (R3)."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "helpdesk_roster_count" in counters and self._is_viewer():
            values["helpdesk_roster_count"] = request.env["helpdesk.roster.change"].search_count(
                [("state", "=", "pusdatin")]
            )
        return values

    @http.route("/my/helpdesk/roster", type="http", auth="user", website=True, methods=["GET"])
    def show_roster(self, **params):
        """A week of a site, and the changes that wait for approval."""
        self._check_viewer()
        return self._render_roster(params)

    @http.route(
        "/my/helpdesk/roster/changes/<int(max=2147483647):change_id>/<any(approve,refuse):decision>",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def decide_on_change(self, change_id, decision, reason="", **_params):
        """Approve a change, which is carried out at once, or refuse it with a reason."""
        self._check_viewer()
        change = request.env["helpdesk.roster.change"].search([("id", "=", change_id)])
        if not change:
            raise NotFound
        try:
            if decision == "approve":
                change.approve_as_pusdatin()
            else:
                change.refuse_as_pusdatin(form_submission.clean_text(reason, REASON_MAX))
        except (UserError, ValidationError) as error:
            request.env.cr.rollback()
            response = self._render_roster({}, error=error.args[0])
            response.status_code = 422
            return response
        return request.redirect("/my/helpdesk/roster", code=303)

    # WHAT IS SHOWN

    def _render_roster(self, params, error=None):
        changes = request.env["helpdesk.roster.change"].search([("state", "=", "pusdatin")], order="id")
        decided = request.env["helpdesk.roster.change"].search(
            [("state", "in", ("done", "refused"))], order="decided_date desc, id desc", limit=SHOWN_DECISIONS
        )
        sites = request.env["helpdesk.roster"].search([]).site_id
        site = sites.filtered(lambda one: str(one.id) == params.get("site")) or sites[:1]
        monday = roster.monday(self._chosen_day(params, site))
        return self._render(
            "kemenkes_workforce.portal_roster",
            {
                "page_title": request.env._("Shifts"),
                "error": error,
                "changes": [self._prepare_change(change) for change in changes.sudo()],
                "decided": [self._prepare_change(change) for change in decided.sudo()],
                "sites": sites,
                "site": site,
                "zone": ZONE_NAMES.get(site.timezone, site.timezone) if site else "",
                "days": self._prepare_days(site, monday) if site else [],
                "previous": monday - timedelta(days=7),
                "following": monday + timedelta(days=7),
            },
        )

    def _chosen_day(self, params, site):
        try:
            day = date.fromisoformat(params.get("day") or "")
        except ValueError:
            day = None
        if day and FIRST_YEAR < day.year < LAST_YEAR:
            return day
        return roster.local_day(fields.Datetime.now(), site.timezone or "Asia/Jakarta")

    def _prepare_days(self, site, monday):
        duties = request.env["helpdesk.shift.assignment"]
        found = duties.search(
            [("site_id", "=", site.id), ("date", ">=", monday), ("date", "<", monday + timedelta(days=7))]
        )
        # sudo: names of agents and shifts, of duties that may be read
        by_day = found.sudo().grouped("date")
        today = roster.local_day(fields.Datetime.now(), site.timezone)
        return [
            {
                "name": duties._day(day),
                "today": day == today,
                "shifts": self._prepare_shifts(by_day.get(day, duties.sudo())),
            }
            for day in (monday + timedelta(days=number) for number in range(7))
        ]

    def _prepare_shifts(self, duties):
        return [
            {
                "name": shift.display_name,
                "agents": own.filtered("user_id").user_id.mapped("name"),
                "uncovered": len(own.filtered("uncovered")),
            }
            for shift, own in sorted(duties.grouped("shift_id").items(), key=lambda pair: pair[0].start_hour)
        ]

    def _prepare_change(self, change):
        states = dict(change._fields["state"]._description_selection(request.env))
        return {
            "id": change.id,
            "site": change.site_id.name,
            "description": change._describe(),
            "reason": change.reason,
            "asked_by": change.asked_by_id.name,
            "state": change.state,
            "state_name": states[change.state],
            "decided_by": change.decided_by_id.name,
            "refusal": change.refusal,
        }
