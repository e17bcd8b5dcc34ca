from werkzeug.urls import url_decode, url_encode

from odoo.http import request

from odoo.addons.auth_oidc.controllers.main import OpenIDLogin

from ..models.auth_oauth_provider import OPEN_ID_FLOWS
from ..tools import sign_on


class SingleSignOn(OpenIDLogin):
    """The way to the provider carries secrets of this browser's session, so that only its own answer counts."""

    def list_providers(self):
        providers = super().list_providers()
        for provider in providers:
            if provider.get("flow") in OPEN_ID_FLOWS:
                address, _mark, query = provider["auth_link"].partition("?")
                values = url_decode(query)
                values["nonce"] = sign_on.ask(request.session)["nonce"]
                provider["auth_link"] = f"{address}?{url_encode(values)}"
        return providers

    def get_state(self, provider):
        state = super().get_state(provider)
        if provider.get("flow") in OPEN_ID_FLOWS:
            state[sign_on.STATE_KEY] = sign_on.ask(request.session)["binding"]
        return state
