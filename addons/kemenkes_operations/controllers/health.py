import hmac
import json
import os

from werkzeug.exceptions import Forbidden

from odoo import http
from odoo.http import request

from ..tools import checks, metrics

# Set in the environment of each node, and in what watches it; without it only administrators see details.
TOKEN_VARIABLE = "HELPDESK_OPERATIONS_TOKEN"  # noqa: S105 - the name of a variable
ADMINISTRATORS = "kemenkes_helpdesk.group_manager"
UNABLE = 503


class Health(http.Controller):
    """What watches the system from outside asks here.

    The token is sent as ``Authorization: Bearer <token>``.
    """

    @http.route("/helpdesk/health", type="http", auth="public", methods=["GET"], save_session=False, readonly=False)
    def health(self, **_params):
        """Status of this node: 200 where it can serve, else 503.

        Strangers and load balancers read one word. With the token, or logged in as an administrator, every check with
        its value and limits. What waits too long, or a standby that is missing, is told in the word and in the details
        but stays a 200: taking the node away would mend nothing.
        """
        # sudo: figures about the system, no record of anybody
        health = request.env["helpdesk.health"].sudo()
        readings = health._recent_readings()
        status = 200 if health._can_serve(readings) else UNABLE
        answer = {"status": health._worst_state(readings)}
        if not self._may_see_details():
            return self._answer(json.dumps(answer), "application/json", status)
        answer["node"] = health._node()
        answer["checks"] = [
            {
                "name": reading.check.name,
                "state": reading.state,
                "value": reading.value,
                "warning": reading.check.warning,
                "critical": reading.check.critical,
            }
            for reading in readings
        ]
        return self._answer(json.dumps(answer), "application/json", status)

    @http.route("/helpdesk/metrics", type="http", auth="public", methods=["GET"], save_session=False, readonly=False)
    def metrics(self, **_params):
        """The same figures, and counters, in Prometheus's text format; only with the token or for administrators."""
        if not self._may_see_details():
            return self._answer("not for strangers\n", "text/plain", 403)
        # sudo: figures about the system, no record of anybody
        health = request.env["helpdesk.health"].sudo()
        text = metrics.exposition(health._recent_readings(), health._counters(), health._node())
        return self._answer(text, metrics.CONTENT_TYPE, 200)

    @http.route("/helpdesk/health/page", type="http", auth="user", website=True, methods=["GET"], sitemap=False)
    def page(self, **_params):
        """The same for people: administrators see every check with its limits, what needs them first."""
        if not request.env.user.has_group(ADMINISTRATORS):
            raise Forbidden
        # sudo: figures about the system, no record of anybody
        readings = request.env["helpdesk.health"].sudo()._recent_readings()
        states = {
            checks.OK: request.env._("fine"),
            checks.WARNING: request.env._("look at it"),
            checks.CRITICAL: request.env._("act now"),
            checks.UNKNOWN: request.env._("can't be read"),
        }
        values = {
            "page_title": request.env._("Health of the system"),
            "readings": checks.by_urgency(readings),
            "states": states,
            # the texts are marked where the checks are listed
            "helps": {reading.check.name: request.env._(reading.check.help) for reading in readings},
        }
        response = request.render("kemenkes_operations.health_page", values)
        response.headers["Cache-Control"] = "no-store"
        return response

    def _may_see_details(self):
        expected = os.environ.get(TOKEN_VARIABLE, "")
        scheme, _space, given = request.httprequest.headers.get("Authorization", "").partition(" ")
        if expected and scheme.lower() == "bearer" and hmac.compare_digest(given.encode(), expected.encode()):
            return True
        return request.env.user.has_group(ADMINISTRATORS)

    def _answer(self, text, content_type, status):
        headers = [("Content-Type", content_type), ("Cache-Control", "no-store")]
        return request.make_response(text, headers=headers, status=status)
