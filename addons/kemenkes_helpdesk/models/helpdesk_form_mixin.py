from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class HelpdeskFormMixin(models.AbstractModel):
    """A record that has a public web form of its own: a product or a site."""

    _name = "helpdesk.form.mixin"
    _description = "Record With a Public Web Form"

    form_enabled = fields.Boolean("Web form", default=True)
    form_introduction = fields.Html(translate=True)
    form_consent = fields.Html("Consent text", translate=True, help="Leave empty for the general text.")
    form_embed_origins = fields.Char(
        "Form may be embedded in",
        help="Addresses of other sites that may show the form in a frame, separated by blanks, "
        "such as https://satusehat.kemkes.example",
    )
    form_url = fields.Char("Address of the form", compute="_compute_form_url")
    form_embed_code = fields.Char(
        "Code to embed it", compute="_compute_form_url", help="Paste it where the form shall stand in the other site."
    )

    @api.depends("code")
    def _compute_form_url(self):
        for record in self:
            url = f"{record.get_base_url()}/helpdesk/form/{record.code}" if record.code else False
            record.form_url = url
            record.form_embed_code = f'<script src="{url}/embed.js" async></script>' if url else False

    @api.constrains("form_embed_origins")
    def _check_form_embed_origins(self):
        for record in self:
            for origin in (record.form_embed_origins or "").split():
                if not is_origin(origin):
                    raise ValidationError(
                        self.env._("%s is not the address of a site. Write it like https://www.example.org", origin)
                    )

    def _frame_ancestors(self):
        """Who may show the form in a frame, as the value of the CSP directive ``frame-ancestors``.

        :rtype: str
        """
        self.ensure_one()
        return " ".join(["'self'", *(self.form_embed_origins or "").split()])


def is_origin(text):
    """Whether a text is the address of a site and nothing more, fit for the directive ``frame-ancestors``."""
    # What a browser would read as a second directive or a wildcard must not get into the header.
    if any(character in text for character in ";,*'\""):
        return False
    try:
        parts = urlsplit(text)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError:
        return False
    return port_is_fine and parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.path
