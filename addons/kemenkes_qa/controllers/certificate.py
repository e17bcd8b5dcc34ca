from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import content_disposition, request


class Certificate(http.Controller):
    """Certificates to print, for whoever may see the result: the person, leaders, Pusdatin (R21)."""

    @http.route("/helpdesk/certificate/<int:result_id>", type="http", auth="user", methods=["GET"])
    def show(self, result_id):
        """The certificate as a PDF."""
        result = request.env["helpdesk.training.result"].browse(result_id)
        try:
            content = result._render_certificate()
        except (AccessError, MissingError, UserError):
            # whose certificate is not for this account, or is not there yet, is told to nobody
            return request.not_found()
        name = f"{request.env._('Certificate')} {result.sudo().certificate_number}.pdf"  # sudo: read just now
        return request.make_response(
            content,
            headers=[
                ("Content-Type", "application/pdf"),
                ("Content-Disposition", content_disposition(name, "inline")),
                ("Cache-Control", "no-store"),
            ],
        )
