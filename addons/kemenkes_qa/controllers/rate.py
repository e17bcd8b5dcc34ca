from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.kemenkes_helpdesk.tools import form_submission

REQUESTS_PER_HOUR = 60
FEEDBACK_LENGTH = 2000


class Rate(http.Controller):
    """The page on which customers rate; reading it, as mail scanners do, stores nothing."""

    @http.route("/helpdesk/rate", type="http", auth="public", website=True, methods=["GET"], sitemap=False)
    def show(self, access_token="", score="", **_params):
        """The page, with the star that was clicked in the mail chosen but not stored yet."""
        survey = self._find(access_token)
        if not survey:
            return self._render(None, status=404)
        chosen = int(score) if score in {"1", "2", "3", "4", "5"} else survey.score
        return self._render(survey, chosen=chosen)

    @http.route("/helpdesk/rate", type="http", auth="public", website=True, methods=["POST"], sitemap=False)
    def send(self, access_token="", score="", feedback="", **_params):
        """Store the answer, or change it within a day."""
        survey = self._find(access_token)
        if not survey:
            return self._render(None, status=404)
        limiter = request.env["helpdesk.rate.limit"]
        if not limiter._take("rate", limiter._network(request.httprequest.remote_addr), REQUESTS_PER_HOUR):
            error = request.env._("Too many requests from your network. Wait a while and try again.")
            return self._render(survey, error=error, status=429)
        words = form_submission.clean_text(feedback, FEEDBACK_LENGTH)
        try:
            survey._answer(int(score) if score.isdecimal() else 0, words, self._reasons())
        except UserError as error:
            return self._render(survey, error=str(error), status=422)
        return self._render(survey, chosen=survey.score, sent=True)

    def _find(self, token):
        # sudo: whoever has the token is the customer; the page shows what it is about and takes one answer
        return request.env["helpdesk.csat.request"].sudo().search([("token", "=", token)], limit=1)

    def _reasons(self):
        ids = [int(value) for value in request.httprequest.form.getlist("reason") if value.isdecimal()]
        # sudo: names of reasons are public on this page
        return request.env["helpdesk.csat.reason"].sudo().search([("id", "in", ids)])

    def _render(self, survey, chosen=0, error="", sent=False, status=200):
        values = {
            "page_title": request.env._("Your rating"),
            "survey": survey,
            "chosen": chosen,
            "error": error,
            "sent": sent,
            "is_open": bool(survey) and survey._may_answer(),
            # sudo: as above
            "reasons": request.env["helpdesk.csat.reason"].sudo().search([]),
        }
        response = request.render("kemenkes_qa.rate_page", values)
        response.status_code = status
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Robots-Tag"] = "noindex"
        return response
