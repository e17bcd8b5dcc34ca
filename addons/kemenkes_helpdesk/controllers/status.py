from odoo import http
from odoo.http import request

from ..tools import form_submission

REQUESTS_PER_HOUR = 20
MAILS_PER_HOUR = 3


class TicketStatus(http.Controller):
    """Who lost the link to a ticket gets it once more, by the e-mail the ticket was written with."""

    @http.route("/helpdesk/status", type="http", auth="public", website=True, methods=["GET"], sitemap=False)
    def show(self, **_params):
        """The page that asks for reference and e-mail."""
        return self._render({}, {})

    @http.route("/helpdesk/status", type="http", auth="public", website=True, methods=["POST"], sitemap=False)
    def send_link(self, reference="", email="", **_params):
        """Mail the link if there is such a ticket; the answer on the page is the same if there is none."""
        values = {
            "reference": form_submission.clean_line(reference, 40),
            "email": form_submission.clean_line(email, 254),
        }
        address = form_submission.clean_email(values["email"])
        errors = {}
        if not values["reference"]:
            errors["reference"] = request.env._("Write the ticket number, such as HD-2026-000123.")
        if not address:
            errors["email"] = request.env._("This e-mail address is not complete. Example: nama@contoh.id")
        if errors:
            return self._render(values, errors, status=422)
        limiter = request.env["helpdesk.rate.limit"]
        if not limiter._take("status", limiter._network(request.httprequest.remote_addr), REQUESTS_PER_HOUR):
            errors["form"] = request.env._("Too many requests from your network. Wait a while and try again.")
            return self._render(values, errors, status=429)
        if limiter._take("status-mail", address, MAILS_PER_HOUR):
            # sudo: visitors have no rights on tickets; the link goes to the ticket's own address only
            request.env["helpdesk.ticket"].sudo()._mail_portal_link(values["reference"], address)
        return self._render(values, {}, sent=True)

    def _render(self, values, errors, status=200, sent=None):
        response = request.render(
            "kemenkes_helpdesk.status_page",
            {"page_title": request.env._("Check status"), "values": values, "errors": errors, "sent": sent},
        )
        response.status_code = status
        response.headers["Cache-Control"] = "no-store"
        return response
