import logging

from jose.exceptions import JOSEError

from odoo import fields, models
from odoo.exceptions import AccessDenied
from odoo.tools import consteq

_logger = logging.getLogger(__name__)

OPEN_ID_FLOWS = ("id_token_code", "id_token")


class AuthOauthProvider(models.Model):
    """What OpenID Connect asks of a client and the OCA's addon leaves open: the nonce, the issuer, an end."""

    _inherit = "auth.oauth.provider"

    issuer = fields.Char(help="As it stands in the provider's tokens. Empty: any, as long as the signature is right.")

    def _parse_id_token(self, id_token, access_token):
        try:
            claims = super()._parse_id_token(id_token, access_token)
        except JOSEError as error:
            _logger.warning("Single sign-on with %s: the token is refused: %s", self.name, error)
            raise AccessDenied from error
        problem = self._find_problem(claims)
        if problem:
            _logger.warning("Single sign-on with %s: the token's %s is wrong.", self.name, problem)
            raise AccessDenied
        return claims

    def _find_problem(self, claims):
        """Name of the claim that is wrong, None where all are right."""
        # OpenID Connect Core 1.0, 3.1.3.7: a token answers one request of one browser
        nonce = self.env.context.get("single_sign_on_nonce") or ""
        if not nonce or not consteq(str(claims.get("nonce") or ""), nonce):
            return "nonce"
        if self.issuer and claims.get("iss") != self.issuer:
            return "iss"
        if "exp" not in claims:
            return "exp"
        return None
