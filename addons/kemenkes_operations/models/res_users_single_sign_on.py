import json

from odoo import api, models
from odoo.exceptions import AccessDenied
from odoo.http import request
from odoo.tools import consteq

from ..tools import sign_on
from .auth_oauth_provider import OPEN_ID_FLOWS


class ResUsers(models.Model):
    """A provider's answer counts once, in the browser that asked for it; who has no account here gets none by it."""

    _inherit = "res.users"

    @api.model
    def auth_oauth(self, provider, params):
        if self.env["auth.oauth.provider"].browse(provider).flow not in OPEN_ID_FLOWS:
            return super().auth_oauth(provider, params)
        asked = sign_on.take(request.session)
        if not asked or not consteq(_binding(params), asked["binding"]):
            raise AccessDenied
        # accounts are made by administrators, with their products and sites
        users = self.with_context(single_sign_on_nonce=asked["nonce"], no_user_creation=True)
        return super(ResUsers, users).auth_oauth(provider, params)


def _binding(params):
    try:
        return str(json.loads(params.get("state") or "{}").get(sign_on.STATE_KEY) or "")
    except (ValueError, AttributeError):
        return ""
