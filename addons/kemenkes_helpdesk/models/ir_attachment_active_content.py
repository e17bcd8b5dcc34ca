from odoo import models

from .helpdesk_personal_mixin import CUSTOMER_MODELS

# What a browser would run, or show as a page of ours.
ACTIVE_MIMETYPES = ("html", "xml", "svg", "script", "hta", "flash", "mhtml")
DOWNLOAD_MIMETYPE = "application/octet-stream"


class IrAttachment(models.Model):
    """Files of customers are theirs, not ours: those that a browser would run are offered for download only."""

    _inherit = "ir.attachment"

    def _check_contents(self, values):
        values = super()._check_contents(values)
        mimetype = values.get("mimetype") or ""
        # sudo: only to see which record a file belongs to
        models_of_files = {values["res_model"]} if values.get("res_model") else set(self.sudo().mapped("res_model"))
        is_office = mimetype.startswith("application/vnd.openxmlformats")
        if (
            models_of_files & set(CUSTOMER_MODELS)
            and not is_office
            and any(kind in mimetype for kind in ACTIVE_MIMETYPES)
        ):
            values["mimetype"] = DOWNLOAD_MIMETYPE
        return values
