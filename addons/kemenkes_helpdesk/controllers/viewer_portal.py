import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from markupsafe import Markup
from werkzeug.exceptions import NotFound

from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..models.helpdesk_escalation import OPEN_STATES
from ..models.helpdesk_stage import DONE_KINDS, STAGE_KINDS
from ..models.helpdesk_target import HOME_ZONE
from ..models.helpdesk_team import TIERS
from ..models.helpdesk_ticket_viewer import VIEWER_GROUP
from ..tools import form_submission
from ..tools.personal_data import mask

PAGE_SIZE = 30
# Counting stops here, as in Odoo's lists: nobody turns so many pages, and counting all would cost more than the page.
COUNT_LIMIT = 10_000
# Farther days can't be reckoned with in every time zone.
FIRST_YEAR, LAST_YEAR = 1900, 2200
RECORD_ID = re.compile(r"[0-9]{1,9}")
ORDERS = {
    "new": "id desc",
    "old": "id",
    "activity": "write_date desc, id desc",
    "priority": "priority desc, id desc",
    "due": "next_due_date, id desc",
}
# Address parameter -> field and model of the choice.
CHOICES = {
    "product": ("product_id", "helpdesk.product"),
    "site": ("site_id", "helpdesk.site"),
    "channel": ("channel_id", "helpdesk.channel"),
    "category": ("category_id", "helpdesk.category"),
}


class ViewerPortal(CustomerPortal):
    """Pusdatin's viewers: portal accounts without a seat, who see the tickets of their products and sites (R27.c.4).

    Tickets are read in the viewer's own rights; only what is shown of them is prepared in sudo, masked.
    """

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "helpdesk_viewer_count" in counters and self._is_viewer():
            values["helpdesk_viewer_count"] = request.env["helpdesk.ticket"].search_count(self._open_domain())
        if "helpdesk_escalation_count" in counters and self._is_viewer():
            values["helpdesk_escalation_count"] = request.env["helpdesk.escalation"].search_count(self._inbox_domain())
        return values

    # TICKETS

    @http.route(
        ["/my/helpdesk", "/my/helpdesk/page/<int:page>"], type="http", auth="user", website=True, methods=["GET"]
    )
    def list_viewer_tickets(self, page=1, **params):
        """Search over the tickets that the account may see."""
        self._check_viewer()
        tickets = request.env["helpdesk.ticket"]
        domain = self._search_domain(params)
        sortby = params.get("sortby") if params.get("sortby") in ORDERS else "new"
        chosen = {
            name: value for name, value in params.items() if value and name in (*self._parameter_names(), "sortby")
        }
        total = tickets.search_count(domain, limit=COUNT_LIMIT + 1)
        pager = portal_pager(
            url="/my/helpdesk", url_args=chosen, total=min(total, COUNT_LIMIT), page=page, step=PAGE_SIZE
        )
        found = tickets.search(domain, order=ORDERS[sortby], limit=PAGE_SIZE, offset=max(0, pager["offset"]))
        return self._render(
            "kemenkes_helpdesk.viewer_ticket_list",
            {
                "page_title": request.env._("Helpdesk"),
                "rows": [self._prepare_row(ticket) for ticket in found.sudo()],
                "pager": pager,
                "total": total if total <= COUNT_LIMIT else f"{COUNT_LIMIT}+",
                "params": params,
                "sortby": sortby,
                "choices": self._prepare_choices(),
                "kinds": request.env["helpdesk.stage"]._fields["kind"]._description_selection(request.env),
                "tiers": request.env["helpdesk.team"]._fields["tier"]._description_selection(request.env),
                "escalation_count": request.env["helpdesk.escalation"].search_count(self._inbox_domain()),
            },
        )

    @http.route(
        "/my/helpdesk/tickets/<int(max=2147483647):ticket_id>", type="http", auth="user", website=True, methods=["GET"]
    )
    def show_viewer_ticket(self, ticket_id, **_params):
        """A ticket with its conversation, its escalations and the comments of Pusdatin."""
        ticket = self._find_viewer_ticket(ticket_id)
        request.env["helpdesk.event"]._record_apart(
            [{"kind": "viewed", "ticket_id": seen_id} for seen_id in ticket._not_seen_lately()]
        )
        return self._render_viewer_ticket(ticket)

    @http.route(
        "/my/helpdesk/tickets/<int(max=2147483647):ticket_id>/comment",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def comment(self, ticket_id, message="", **_params):
        """A word to the helpdesk, not to the customer."""
        ticket = self._find_viewer_ticket(ticket_id)
        text = form_submission.clean_text(message, form_submission.MESSAGE_MAX)
        try:
            ticket._comment_as_viewer(text)
        except UserError as error:
            return self._render_viewer_ticket(ticket, error=error.args[0], status=422)
        return request.redirect(f"/my/helpdesk/tickets/{ticket.id}#kh-comments", code=303)

    @http.route(
        "/my/helpdesk/tickets/<int(max=2147483647):ticket_id>/files/<int(max=2147483647):attachment_id>",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
    )
    def viewer_download(self, ticket_id, attachment_id, **_params):
        """A file of what the viewer reads on the ticket."""
        ticket = self._find_viewer_ticket(ticket_id)
        attachment = ticket._viewer_messages().attachment_ids.filtered(lambda file: file.id == attachment_id)
        if not attachment:
            raise NotFound
        response = request.env["ir.binary"]._get_stream_from(attachment).get_response(as_attachment=True)
        response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
        return response

    # ESCALATIONS

    @http.route("/my/helpdesk/escalations", type="http", auth="user", website=True, methods=["GET"])
    def list_escalations(self, **_params):
        """What waits for Pusdatin, the oldest first."""
        self._check_viewer()
        escalations = request.env["helpdesk.escalation"].search(self._inbox_domain(), order="id", limit=200)
        return self._render(
            "kemenkes_helpdesk.viewer_escalations",
            {
                "page_title": request.env._("Escalations"),
                "rows": [self._prepare_escalation(escalation) for escalation in escalations.sudo()],
            },
        )

    @http.route(
        "/my/helpdesk/escalations/<int(max=2147483647):escalation_id>/<any(accept,return,answer):action>",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def act_on_escalation(self, escalation_id, action, message="", **_params):
        """Accept an escalation, return it with a reason, or answer it: the helpdesk tells the customer."""
        self._check_viewer()
        escalation = request.env["helpdesk.escalation"].search([("id", "=", escalation_id)])
        if not escalation:
            raise NotFound
        ticket = escalation.ticket_id
        text = form_submission.clean_text(message, form_submission.MESSAGE_MAX)
        try:
            if action == "accept":
                escalation.accept()
            elif action == "return":
                escalation.return_back(text)
            else:
                escalation.answer_back(text)
        except UserError as error:
            return self._render_viewer_ticket(ticket, error=error.args[0], status=409)
        return request.redirect(f"/my/helpdesk/tickets/{ticket.id}", code=303)

    # RIGHTS

    def _is_viewer(self):
        return request.env.user.has_group(VIEWER_GROUP)

    def _check_viewer(self):
        if not self._is_viewer():
            raise NotFound

    def _find_viewer_ticket(self, ticket_id):
        """The ticket in the viewer's own rights; one they may not see looks like one that isn't there."""
        self._check_viewer()
        ticket = request.env["helpdesk.ticket"].browse(ticket_id).exists()
        try:
            ticket.check_access("read")
        except AccessError:
            raise NotFound from None
        if not ticket:
            raise NotFound
        return ticket

    def _open_domain(self):
        return Domain("stage_kind", "not in", DONE_KINDS)

    def _inbox_domain(self):
        return Domain("state", "in", OPEN_STATES) & Domain("to_tier", "=", "2")

    # SEARCH

    def _parameter_names(self):
        return ("search", "from", "to", "kind", "tier", *CHOICES)

    def _search_domain(self, params):
        """The domain of what was chosen; what can't be read is left out rather than refused."""
        domain = Domain.TRUE
        words = form_submission.clean_line(params.get("search"), 200)
        if words:
            domain &= Domain("search_text", "ilike", words)
        zone = ZoneInfo(request.env.user.tz or HOME_ZONE)
        if first := _read_date(params.get("from"), zone):
            domain &= Domain("create_date", ">=", first)
        if last := _read_date(params.get("to"), zone):
            domain &= Domain("create_date", "<", last + timedelta(days=1))
        for name, (field, _model) in CHOICES.items():
            if RECORD_ID.fullmatch(params.get(name) or ""):
                operator = "child_of" if name == "category" else "="
                domain &= Domain(field, operator, int(params[name]))
        if params.get("kind") in dict(STAGE_KINDS):
            domain &= Domain("stage_kind", "=", params["kind"])
        if params.get("tier") in dict(TIERS):
            domain &= Domain("tier", "=", params["tier"])
        return domain

    def _prepare_choices(self):
        """``{parameter: [(id, name)]}`` of what the viewer may choose from."""
        user = request.env.user
        # sudo: names only; products and sites are the viewer's own
        env = request.env(su=True)
        return {
            "product": [(product.id, product.name) for product in user.sudo().helpdesk_product_ids],
            "site": [(site.id, site.name) for site in user.sudo().helpdesk_site_ids],
            "channel": [(channel.id, channel.name) for channel in env["helpdesk.channel"].search([])],
            "category": sorted(
                ((category.id, category.display_name) for category in env["helpdesk.category"].search([])),
                key=lambda choice: choice[1].casefold(),
            ),
        }

    # WHAT IS SHOWN

    def _prepare_row(self, ticket):
        local, zone = ticket._portal_time(ticket.create_date)
        return {
            "id": ticket.id,
            "reference": ticket.ticket_ref,
            "name": mask(ticket.name),
            "kind": ticket.stage_kind,
            "stage": ticket.stage_id.name,
            "facts": [
                fact
                for fact in (
                    ticket.product_id.name,
                    ticket.site_id.name,
                    ticket.category_id.display_name,
                    ticket.channel_id.name,
                    dict(ticket._fields["tier"]._description_selection(request.env)).get(ticket.tier),
                    f"{local:%d/%m/%Y %H:%M} {zone}",
                )
                if fact
            ],
        }

    def _render_viewer_ticket(self, ticket, error=None, status=200):
        shown = ticket.sudo()
        escalations = request.env["helpdesk.escalation"].search([("ticket_id", "=", ticket.id)], order="id").sudo()
        response = self._render(
            "kemenkes_helpdesk.viewer_ticket",
            {
                "page_title": shown.ticket_ref,
                "row": self._prepare_row(shown),
                "customer": mask(shown.partner_name or ""),
                "agent": shown.user_id.name,
                "team": shown.team_id.name,
                "times": [
                    (label, "{:%d/%m/%Y %H:%M} {}".format(*shown._portal_time(moment)))
                    for label, moment in (
                        (request.env._("Received"), shown.create_date),
                        (request.env._("First response"), shown.first_response_date),
                        (request.env._("Solved"), shown.solved_date),
                    )
                    if moment
                ],
                "rows": [self._prepare_viewer_message(shown, message) for message in shown._viewer_messages()],
                "escalations": [self._prepare_escalation(escalation) for escalation in escalations],
                "error": error,
            },
        )
        response.status_code = status
        return response

    def _prepare_viewer_message(self, ticket, message):
        local, zone = ticket._portal_time(message.date)
        return {
            "direction": message.helpdesk_direction or "note",
            "author": self._author_name(ticket, message),
            "date": local,
            "zone": zone,
            "body": Markup(message._shown("body") or ""),  # noqa: S704 (sanitised, and masking keeps its elements)
            "channel": message.helpdesk_channel_id.name,
            "files": [
                {
                    "name": mask(file.name),
                    "url": f"/my/helpdesk/tickets/{ticket.id}/files/{file.id}",
                    "picture": None,
                    "kilobytes": max(1, round(file.file_size / 1024)),
                }
                for file in message.attachment_ids.sorted("id")
            ],
        }

    def _author_name(self, ticket, message):
        if message.helpdesk_direction != "in":
            return message.author_id.name
        return mask((message.helpdesk_source_id or ticket).partner_name or "")

    def _prepare_escalation(self, escalation):
        ticket = escalation.ticket_id
        local, zone = ticket._portal_time(escalation.escalated_date)
        states = dict(escalation._fields["state"]._description_selection(request.env))
        return {
            "id": escalation.id,
            "ticket": self._prepare_row(ticket),
            "reason": mask(escalation.reason),
            "return_reason": mask(escalation.return_reason or ""),
            "state": escalation.state,
            "state_name": states[escalation.state],
            "from_team": escalation.from_team_id.name,
            "to_team": escalation.to_team_id.name,
            "accepted_by": escalation.to_user_id.name,
            "date": f"{local:%d/%m/%Y %H:%M} {zone}",
            "can_act": escalation.with_user(request.env.user).can_receive,
        }

    def _render(self, template, values):
        response = request.render(template, values)
        response.headers["Cache-Control"] = "no-store"
        response.headers["Content-Security-Policy"] = "frame-ancestors 'self'"
        return response


def _read_date(text, zone):
    """The start of a day in ``zone`` as naive UTC, or None for what is no date (``YYYY-MM-DD``)."""
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        return None
    local = datetime.combine(day, time.min, tzinfo=zone)
    return local.astimezone(ZoneInfo("UTC")).replace(tzinfo=None)
