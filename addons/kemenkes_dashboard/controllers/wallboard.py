import hashlib
from functools import lru_cache

from werkzeug.exceptions import NotFound

from odoo import http
from odoo.exceptions import AccessError
from odoo.http import request
from odoo.tools import file_open

# Wrong links a minute from one network.
MAX_WRONG_LINKS = 30
FILES = ("wallboard.js", "wallboard.css")
FOLDER = "kemenkes_dashboard/static/src/wallboard"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)


@lru_cache(maxsize=1)
def _version():
    """Changes with the page's own files, so that a screen that runs for months takes up a new release by itself."""
    digest = hashlib.sha256()
    for name in FILES:
        with file_open(f"{FOLDER}/{name}", "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()[:12]


class Wallboard(http.Controller):
    """The page for a screen on the wall, and the figures it asks for every few seconds (R18.b).

    The page is the same for everybody and tells nothing. The link's secret stands behind the # of its address: the
    browser sends it with the questions only, in a header, so it gets into no log and no referrer.
    """

    @http.route("/helpdesk/wallboard", type="http", auth="public", methods=["GET"], save_session=False)
    def show(self, **_params):
        """The page of a screen."""
        return self._render("/helpdesk/wallboard/data")

    @http.route("/helpdesk/wallboard/data", type="http", auth="public", methods=["GET"], save_session=False)
    def read_figures(self, **_params):
        """The wallboard of the link in the header ``Authorization: Bearer``, as JSON; 401 where it opens none."""
        kind, _space, token = request.httprequest.headers.get("Authorization", "").partition(" ")
        screens = request.env["helpdesk.wallboard.screen"]
        screen = screens._find_by_token(token.strip()) if kind.lower() == "bearer" else screens
        if not screen:
            return self._refuse()
        screen._note_seen()
        return self._answer(screen.wallboard_id)

    @http.route(
        "/helpdesk/wallboard/preview/<int(max=2147483647):wallboard_id>", type="http", auth="user", methods=["GET"]
    )
    def preview(self, wallboard_id, **_params):
        """The page for somebody who arranges the wallboard."""
        wallboard = self._find(wallboard_id)
        return self._render(f"/helpdesk/wallboard/preview/{wallboard.id}/data")

    @http.route(
        "/helpdesk/wallboard/preview/<int(max=2147483647):wallboard_id>/data",
        type="http",
        auth="user",
        methods=["GET"],
        save_session=False,
    )
    def read_preview(self, wallboard_id, **_params):
        """The same figures, in the right of who is logged in."""
        return self._answer(self._find(wallboard_id))

    # PARTS

    def _find(self, wallboard_id):
        wallboard = request.env["helpdesk.wallboard"].browse(wallboard_id).exists()
        try:
            wallboard.check_access("read")
        except AccessError:
            raise NotFound from None
        if not wallboard:
            raise NotFound
        return wallboard

    def _render(self, source):
        values = {"source": source, "version": _version(), "folder": f"/{FOLDER}"}
        response = request.render("kemenkes_dashboard.wallboard_page", values)
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-cache"
        return response

    def _answer(self, wallboard):
        response = request.make_json_response({"version": _version(), **wallboard._show()})
        response.headers["Cache-Control"] = "no-store"
        return response

    def _refuse(self):
        limits = request.env["helpdesk.rate.limit"]
        network = limits._network(request.httprequest.remote_addr)
        is_allowed, _left, wait = limits._take_counted("wallboard", network, MAX_WRONG_LINKS, seconds=60)
        status, headers = (401, {"WWW-Authenticate": "Bearer"}) if is_allowed else (429, {"Retry-After": str(wait)})
        return request.make_json_response({}, headers=list(headers.items()), status=status)
