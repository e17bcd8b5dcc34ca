from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools.translate import LazyTranslate

from odoo.addons.kemenkes_channels.tools import open_api
from odoo.addons.kemenkes_channels.tools.open_api import Operation, moment, record, text
from odoo.addons.kemenkes_helpdesk.models.helpdesk_ticket_viewer import VIEWER_GROUP

_lt = LazyTranslate(__name__)

SCOPE = "embed:create"


class HelpdeskApi(models.AbstractModel):
    """Links with which Pusdatin's application shows a viewer's figures in a frame (R28.a)."""

    _inherit = "helpdesk.api"

    @api.model
    def _operations(self):
        return [
            *super()._operations(),
            Operation("create_embed_link", "POST", "/embed-links", SCOPE, _lt("Get a link to embedded figures"),
                      _lt("Embedding"), body="EmbedLinkNew", answer="EmbedLink", status=201),
        ]  # fmt: skip

    @api.model
    def _schemas(self):
        viewer = {**text(200, 1), "description": _lt("Log-in of the viewer whom the application has logged in.")}
        return {
            **super()._schemas(),
            "EmbedLinkNew": record({"viewer": viewer}, required=("viewer",)),
            "EmbedLink": record(
                {"url": {"type": "string", "format": "uri"}, "expires_at": moment()}, required=("url", "expires_at")
            ),
        }

    @api.model
    def _do_create_embed_link(self, body):
        # sudo: which application a key belongs to, and who its users are here; only viewers' own figures are opened
        application = (
            self.env["helpdesk.embed.application"]
            .sudo()
            .search([("api_key_id", "=", self.env.context.get("helpdesk_api_key_id"))])
        )
        if not application:
            raise AccessError(self.env._("This key belongs to no application that shows figures."))
        viewer = application.env["res.users"].search([("login", "=", body["viewer"])])
        if not viewer or not viewer.has_group(VIEWER_GROUP):
            raise open_api.BadRequestError([("/viewer", "reference", None)])
        path, until = application._make_link(viewer)
        return {"url": f"{application.get_base_url()}{path}", "expires_at": open_api.format_moment(until)}
