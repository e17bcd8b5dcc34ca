import re
import secrets

from markupsafe import Markup
from werkzeug.exceptions import NotFound
from werkzeug.urls import url_encode

from odoo import http
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..models.helpdesk_stage import DONE_KINDS, OPEN_KINDS
from ..tools import form_submission
from . import intake

PAGE_SIZE = 20
REPLIES_PER_HOUR = 30
# Shown in the page; everything else is offered for download only, because a browser might run it.
INLINE_MIMETYPES = {"image/png", "image/jpeg", "image/gif", "image/webp"}
OWN_IMAGE = re.compile(r"""(["'])(?:https?://[^/"']+)?/web/(?:image|content)/(\d+)[^"']*\1""")

ORDERS = {"new": "id desc", "old": "id", "activity": "write_date desc, id desc"}


class CitizenPortal(CustomerPortal):
    """A citizen's own tickets, with an account or by the ticket's signed link."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "helpdesk_ticket_count" in counters:
            values["helpdesk_ticket_count"] = self._own_tickets().search_count(self._own_domain())
        return values

    # LIST

    @http.route(["/my/tickets", "/my/tickets/page/<int:page>"], type="http", auth="user", website=True, methods=["GET"])
    def list_tickets(self, page=1, search="", sortby="new", filterby="open", **_params):
        """The tickets of the account that is logged in."""
        domain = self._own_domain()
        counts = {
            "open": self._own_tickets().search_count(domain & self._own_tickets()._kind_domain(OPEN_KINDS)),
            "done": self._own_tickets().search_count(domain & self._own_tickets()._kind_domain(DONE_KINDS)),
        }
        filterby = filterby if filterby in counts else "all"
        if filterby != "all":
            domain &= self._own_tickets()._kind_domain(OPEN_KINDS if filterby == "open" else DONE_KINDS)
        search = form_submission.clean_line(search, 100)
        for word in search.split():
            domain &= (
                Domain("name", "ilike", word)
                | Domain("ticket_ref", "ilike", word)
                | Domain("description", "ilike", word)
            )
        sortby = sortby if sortby in ORDERS else "new"
        pager = portal_pager(
            url="/my/tickets",
            url_args={"search": search, "sortby": sortby, "filterby": filterby},
            total=self._own_tickets().search_count(domain),
            page=page,
            step=PAGE_SIZE,
        )
        return request.render(
            "kemenkes_helpdesk.citizen_ticket_list",
            {
                "page_title": request.env._("My tickets"),
                "tickets": self._own_tickets().search(
                    domain, order=ORDERS[sortby], limit=PAGE_SIZE, offset=max(0, pager["offset"])
                ),
                "pager": pager,
                "search": search,
                "sortby": sortby,
                "filterby": filterby,
                "counts": counts,
            },
        )

    def _own_tickets(self):
        # sudo: customers have no rights on tickets; each search carries the domain of what is their own
        return request.env["helpdesk.ticket"].sudo()

    def _own_domain(self):
        return request.env["helpdesk.ticket"]._customer_domain(request.env.user)

    # ONE TICKET

    @http.route(
        "/my/tickets/<int(max=2147483647):ticket_id>",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        sitemap=False,
    )
    def show_ticket(self, ticket_id, access_token=None, done=None, **_params):
        """The ticket with its conversation."""
        ticket = self._find_ticket(ticket_id, access_token)
        if isinstance(ticket, http.Response):
            return ticket
        survivor = ticket._portal_survivor(request.env.user)
        if survivor != ticket:
            return request.redirect(self._ticket_url(survivor))
        # a transaction of its own: looking at a ticket never stands in the way of somebody who works on it
        request.env["helpdesk.event"]._record_apart(
            [{"kind": "viewed", "ticket_id": ticket_id} for ticket_id in ticket._not_seen_lately()]
        )
        return self._render_ticket(ticket, access_token, done=done)

    @http.route(
        "/my/tickets/<int(max=2147483647):ticket_id>/reply",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
        max_content_length=intake.MAX_BYTES,
    )
    def reply(self, ticket_id, access_token=None, message="", reply_key="", **_params):
        """The customer writes; it goes through the inbox like everything that comes in."""
        ticket = self._find_ticket(ticket_id, access_token)
        if isinstance(ticket, http.Response):
            return ticket
        text = form_submission.clean_text(message, form_submission.MESSAGE_MAX + 1)
        channel = request.env["helpdesk.channel"]._form_channel(site=ticket.site_id, product=ticket.product_id)
        files, error = intake.read_files(channel)
        if not text and not files:
            error = "message_missing"
        if len(text) > form_submission.MESSAGE_MAX:
            error = "message_long"
        if not error and not request.env["helpdesk.rate.limit"]._take("reply", str(ticket.id), REPLIES_PER_HOUR):
            error = "rate"
        if error:
            return self._render_ticket(
                ticket, access_token, error=intake.error_text(error, channel), message=text, status=422
            )
        submission = {"type": "reply", "ticket_id": ticket.id, "message": text}
        key = f"reply-{ticket.id}-{form_submission.clean_line(reply_key, 40)}"
        event = intake.take_in(channel, submission, files, key)
        target = event.ticket_id or ticket
        token = access_token and (access_token if target == ticket else target._portal_ensure_token())
        return request.redirect(
            self._ticket_url(target, token, done="sent" if event.ticket_id else "received"), code=303
        )

    @http.route(
        "/my/tickets/<int(max=2147483647):ticket_id>/solve", type="http", auth="public", website=True, methods=["POST"]
    )
    def solve(self, ticket_id, access_token=None, **_params):
        """The customer says that the matter is settled."""
        return self._change(ticket_id, access_token, "_portal_solve", "solved")

    @http.route(
        "/my/tickets/<int(max=2147483647):ticket_id>/reopen", type="http", auth="public", website=True, methods=["POST"]
    )
    def reopen(self, ticket_id, access_token=None, **_params):
        """The customer says that it isn't settled after all."""
        return self._change(ticket_id, access_token, "_portal_reopen", "reopened")

    @http.route(
        "/my/tickets/<int(max=2147483647):ticket_id>/files/<int(max=2147483647):attachment_id>",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
    )
    def download(self, ticket_id, attachment_id, access_token=None, inline=None, **_params):
        """A file of the conversation; pictures also to be shown in the page."""
        ticket = self._find_ticket(ticket_id, access_token)
        if isinstance(ticket, http.Response):
            return ticket
        attachment = ticket._portal_attachment(attachment_id, request.env.user)
        if not attachment:
            raise NotFound
        shown = bool(inline) and attachment.mimetype in INLINE_MIMETYPES
        binary = request.env["ir.binary"].with_context(helpdesk_inline=shown)
        response = binary._get_stream_from(attachment).get_response(as_attachment=not shown)
        response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Cache-Control"] = "no-store"
        return response

    # HELPERS

    def _find_ticket(self, ticket_id, access_token):
        """The ticket if the visitor may see it as its customer; else where the visitor belongs.

        A ticket that doesn't exist and one that isn't theirs look the same.

        :return: ``helpdesk.ticket`` in sudo, or a redirection
        :raise NotFound: neither a customer of the ticket nor somebody who might become one by logging in
        """
        user = request.env.user
        # sudo: whether the visitor may see the ticket is what is found out here
        ticket = request.env["helpdesk.ticket"].sudo().browse(ticket_id).exists()
        if ticket and ticket._is_of_customer(user, access_token):
            return ticket
        if user._is_public() and not access_token:
            return request.redirect(f"/web/login?{url_encode({'redirect': request.httprequest.path})}")
        if user._is_internal() and ticket and ticket.sudo(False).has_access("read"):
            return request.redirect(f"/odoo/helpdesk.ticket/{ticket.id}")
        raise NotFound

    def _change(self, ticket_id, access_token, method, done):
        ticket = self._find_ticket(ticket_id, access_token)
        if isinstance(ticket, http.Response):
            return ticket
        try:
            getattr(ticket, method)()
        except UserError as error:
            return self._render_ticket(ticket, access_token, error=error.args[0], status=409)
        return request.redirect(self._ticket_url(ticket, access_token, done=done), code=303)

    def _ticket_url(self, ticket, access_token=None, **params):
        if access_token:
            params["access_token"] = access_token
        query = f"?{url_encode(params)}" if params else ""
        return request.env["ir.http"]._url_for(f"/my/tickets/{ticket.id}{query}", request.env.lang)

    def _render_ticket(self, ticket, access_token, done=None, error=None, message="", status=200):
        messages = ticket._portal_messages(request.env.user)
        survivor = ticket._survivor()
        token_query = url_encode({"access_token": access_token}) if access_token else ""
        channel = request.env["helpdesk.channel"]._form_channel(site=ticket.site_id, product=ticket.product_id)
        response = request.render(
            "kemenkes_helpdesk.citizen_ticket",
            {
                "page_title": ticket.ticket_ref,
                "ticket": ticket,
                "rows": [self._prepare_message(ticket, message, token_query) for message in messages],
                "access_token": access_token,
                "channel": channel,
                "extensions": channel._form_extension_list() if channel else [],
                "is_done": survivor.stage_kind in DONE_KINDS,
                "too_late": survivor._is_too_late_to_reopen(),
                "is_merged": bool(ticket.merged_into_id),
                "notice": done,
                "error": error,
                "message_text": message,
                "reply_key": secrets.token_urlsafe(12),
                "limits": form_submission.LIMITS,
            },
        )
        response.status_code = status
        response.headers["Cache-Control"] = "no-store"
        # the address may carry the signed link
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Content-Security-Policy"] = "frame-ancestors 'self'"
        return response

    def _prepare_message(self, ticket, message, token_query):
        """A message as the page shows it: whose words, when, what, which files."""
        local, zone = ticket._portal_time(message.date)
        base = f"/my/tickets/{ticket.id}/files"
        return {
            "direction": message.helpdesk_direction,
            "author": self._author_name(ticket, message),
            "date": local,
            "zone": zone,
            "body": self._own_images(message, base, token_query),
            "channel": message.helpdesk_channel_id.name,
            "files": [
                {
                    "name": attachment.name,
                    "url": f"{base}/{attachment.id}?{token_query}",
                    "picture": f"{base}/{attachment.id}?inline=1&{token_query}"
                    if attachment.mimetype in INLINE_MIMETYPES
                    else None,
                    "kilobytes": max(1, round(attachment.file_size / 1024)),
                }
                for attachment in message.attachment_ids.sorted("id")
            ],
        }

    def _author_name(self, ticket, message):
        """An agent's name, never an address; the helpdesk's name where a machine speaks."""
        if message.helpdesk_direction == "in":
            return (message.helpdesk_source_id or ticket).partner_name or request.env._("You")
        if message.helpdesk_direction == "auto" or not message.author_id:
            return request.env._("Automatic message")
        return message.author_id.name if "@" not in (message.author_id.name or "@") else request.env._("Helpdesk")

    def _own_images(self, message, base, token_query):
        """The body, with pictures of the message's own files fetched by the reader's right on the ticket."""
        own_ids = set(message.attachment_ids.ids)

        def replace(match):
            quote, attachment_id = match[1], int(match[2])
            if attachment_id not in own_ids:
                return match[0]
            return f"{quote}{base}/{attachment_id}?inline=1&amp;{token_query}{quote}"

        # the body was sanitised when it was stored; only addresses of ours are put in
        return Markup(OWN_IMAGE.sub(replace, message.body or ""))  # noqa: S704
