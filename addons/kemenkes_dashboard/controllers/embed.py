from urllib.parse import urlsplit

from odoo import http
from odoo.http import request

from .viewer_figures import ViewerFigures


class EmbeddedFigures(ViewerFigures):
    """A viewer's figures in a frame of Pusdatin's application: no log-in, no cookie; the link is the right (R28.a)."""

    @http.route(
        "/helpdesk/embed/<string:token>", type="http", auth="public", website=True, methods=["GET"], sitemap=False,
        save_session=False,
    )  # fmt: skip
    def show_embedded(self, token, **params):
        """The figures of the link's viewer; each page carries the next link, so that looking on does not end."""
        known = self._enter(token)
        if not known:
            return self._refuse_link()
        application, viewer, since = known
        path, _until = application._make_link(viewer, since)
        return self._protect(self._render_figures(params, address=path, embed=True), application)

    @http.route(
        "/helpdesk/embed/<string:token>/figures.csv", type="http", auth="public", methods=["GET"], save_session=False
    )
    def download_embedded(self, token, **params):
        """The table of the page as a file."""
        known = self._enter(token)
        if not known:
            return self._refuse_link()
        return self._protect(self._write_figures(params), known[0])

    def _enter(self, token):
        """Be the link's viewer for this request.

        :return: as ``helpdesk.embed.application._read_link``
        """
        known = request.env["helpdesk.embed.application"]._read_link(token)
        if not known or not self._comes_from(known[0]):
            return None
        application, viewer, since = known
        application._note_use()
        # a browser's cookie is not asked: whose request it is, is told by the link alone
        request.session.uid = None
        request.session.can_save = False
        request.update_env(user=viewer.id, context={"lang": viewer.lang, "tz": viewer.tz})
        return application, viewer, since

    def _comes_from(self, application):
        """Browsers heed ``frame-ancestors``; where they also say which page asks, it must be a registered one."""
        referrer = urlsplit(request.httprequest.referrer or "")
        if not referrer.netloc:
            return True
        origin = f"{referrer.scheme}://{referrer.netloc}"
        return origin in (*application.origins.split(), request.httprequest.host_url.rstrip("/"))

    def _refuse_link(self):
        response = request.render("kemenkes_dashboard.embed_refused", {})
        response.status_code = 403
        # whoever frames it learns that a new link is needed, and nothing else
        response.headers["Content-Security-Policy"] = "default-src 'none'; script-src 'self'; style-src 'self'"
        response.headers["Cache-Control"] = "no-store"
        return response

    def _protect(self, response, application):
        response.headers["Content-Security-Policy"] = f"frame-ancestors {application._frame_ancestors()}"
        response.headers["Cache-Control"] = "no-store"
        # the address is the right
        response.headers["Referrer-Policy"] = "same-origin"
        return response
