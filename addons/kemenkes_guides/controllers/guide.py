import re

from markupsafe import Markup
from werkzeug.exceptions import Forbidden, NotFound

from odoo import http
from odoo.http import request

from ..tools import guide

# Who reads which guide. A screen's page is looked for in this order: where two guides tell of it, the narrower role's.
READERS = {
    "integrator": ("kemenkes_helpdesk.group_manager",),
    "administrator": ("kemenkes_helpdesk.group_operation_manager", "kemenkes_helpdesk.group_admin_support"),
    "supervisor": (
        "kemenkes_helpdesk.group_team_leader",
        "kemenkes_helpdesk.group_quality",
        "kemenkes_helpdesk.group_analyst",
        "kemenkes_helpdesk.group_trainer",
    ),
    "pusdatin": ("kemenkes_helpdesk.group_pusdatin_viewer", "kemenkes_helpdesk.group_expert"),
    "agent": ("kemenkes_helpdesk.group_user",),
}
PICTURE = re.compile(r"[a-z-]+\.(id|en)\.png")


class Guides(http.Controller):
    """The guides inside the product: a ministry's network reaches no other page."""

    @http.route("/helpdesk/guide", type="http", auth="user", website=True, methods=["GET"], sitemap=False)
    def list_guides(self, screen="", **_params):
        """The guides that the account may read; with ``screen``, a model's name, the section about it."""
        names = [name for name in READERS if self._may_read(name)]
        if not names:
            raise Forbidden
        for name in names:
            section = self._read(name).section_of(screen)
            if section:
                return request.redirect(f"/helpdesk/guide/{name}#{section.anchor}")
        if len(names) == 1:
            return request.redirect(f"/helpdesk/guide/{names[0]}")
        guides = [(name, self._read(name)) for name in reversed(names)]
        values = {"page_title": request.env._("Guides"), "guides": guides}
        return request.render("kemenkes_guides.guide_list", values)

    @http.route("/helpdesk/guide/<string:name>", type="http", auth="user", website=True, methods=["GET"], sitemap=False)
    def show_guide(self, name, **_params):
        """A guide, in the reader's language."""
        self._check(name)
        page = self._read(name)
        values = {
            "page_title": page.title,
            "guide": page,
            # made of this addon's own files, which may hold no HTML
            "content": Markup(page.html),  # noqa: S704
            "is_viewer": request.env.user.has_group("kemenkes_helpdesk.group_pusdatin_viewer"),
        }
        return request.render("kemenkes_guides.guide_page", values)

    @http.route("/helpdesk/guide/<string:name>/<string:picture>", type="http", auth="user", methods=["GET"])
    def show_picture(self, name, picture, **_params):
        """A picture of a guide, for those who may read the guide."""
        self._check(name)
        if not PICTURE.fullmatch(picture) or not (guide.FOLDER / name / picture).is_file():
            raise NotFound
        return http.Stream.from_path(f"kemenkes_guides/guides/{name}/{picture}").get_response()

    def _check(self, name):
        if name not in READERS:
            raise NotFound
        if not self._may_read(name):
            raise Forbidden

    def _may_read(self, name):
        return any(request.env.user.has_group(group) for group in READERS[name])

    def _read(self, name):
        return guide.read(name, "id" if (request.env.lang or "").startswith("id") else "en")
