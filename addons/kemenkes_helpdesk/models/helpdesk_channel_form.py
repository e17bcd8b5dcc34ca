import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

DEFAULT_EXTENSIONS = "jpg jpeg png webp heic gif pdf doc docx xls xlsx csv txt mp4"
# Files a browser may run when it opens them; never taken, whatever the setting says.
ACTIVE_EXTENSIONS = {
    "htm",
    "html",
    "xhtml",
    "svg",
    "xml",
    "js",
    "mjs",
    "exe",
    "bat",
    "cmd",
    "com",
    "scr",
    "msi",
    "ps1",
    "vbs",
    "jar",
    "apk",
}


class HelpdeskChannel(models.Model):
    """The rules of a web form: what may be sent and what looks like a machine."""

    _inherit = "helpdesk.channel"

    form_min_seconds = fields.Integer(
        "Shortest time to fill in (s)", default=3, help="Whoever is faster is asked to send the form once more."
    )
    form_max_hours = fields.Integer("Form stays valid (h)", default=24)
    form_rate_limit = fields.Integer(
        "Messages per hour and address",
        default=60,
        help="Many people share one address on mobile networks and in hospitals. 0 means no limit.",
    )
    form_link_limit = fields.Integer(
        "Links in a message", default=3, help="A message with more links is held back for a supervisor's look."
    )
    form_repeat_limit = fields.Integer(
        "Same text with a link from different senders",
        default=5,
        help="From this number on, within a day, such messages are held back for a supervisor's look.",
    )
    form_file_limit = fields.Integer("Files per message", default=5)
    form_file_megabytes = fields.Integer("Size of a file (MB)", default=10)
    form_extensions = fields.Char("Kinds of files", default=DEFAULT_EXTENSIONS, help="Endings of names, by blanks.")

    _form_limits = models.Constraint(
        "CHECK(form_min_seconds >= 0 AND form_max_hours > 0 AND form_rate_limit >= 0 AND form_link_limit >= 0"
        " AND form_repeat_limit > 0 AND form_file_limit >= 0 AND form_file_megabytes > 0)",
        "The limits of a web form can't be negative.",
    )

    @api.constrains("form_extensions")
    def _check_form_extensions(self):
        for channel in self:
            refused = sorted(set(channel._form_extension_list()) & ACTIVE_EXTENSIONS)
            if refused:
                raise ValidationError(
                    self.env._("Files of this kind can harm whoever opens them: %s", ", ".join(refused))
                )

    def _form_extension_list(self):
        """The endings that are allowed, in lower case, without dots."""
        self.ensure_one()
        return re.findall(r"[a-z0-9]+", (self.form_extensions or "").lower())

    @api.model
    def _form_channel(self, site=None, product=None):
        """The form channel that takes in what is written about a product or to a site, the closest one first.

        :param site: ``helpdesk.site`` or None
        :param product: ``helpdesk.product`` or None
        :return: one ``helpdesk.channel``, or none where no form is configured
        """
        # sudo: visitors have no rights on settings; only the controller's own code sees the record
        channels = self.sudo().search([("kind", "=", "form")])
        return channels.sorted(
            lambda channel: (
                not (product and channel.product_id == product),
                bool(channel.product_id),
                not (site and channel.site_id == site),
                channel.sequence,
                channel.id,
            )
        )[:1]
