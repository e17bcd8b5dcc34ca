import tempfile

from werkzeug.wsgi import wrap_file

from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.http import content_disposition, request

# What is bigger waits on the disk, not in memory.
MEMORY = 5 * 1024 * 1024


class PersonalData(http.Controller):
    """What is known of one customer as an archive, for administrators (UU 27/2022)."""

    @http.route("/helpdesk/personal-data/<int:partner_id>", type="http", auth="user", methods=["GET"], readonly=False)
    def show(self, partner_id):
        """The archive; each download is a row of the log."""
        customer = request.env["res.partner"].browse(partner_id).exists()
        if not customer:
            return request.not_found()
        target = tempfile.SpooledTemporaryFile(max_size=MEMORY)  # noqa: SIM115 (closed by the response)
        try:
            customer._write_personal_data(target)
        except (AccessError, UserError):
            target.close()
            return request.not_found()
        length = target.tell()
        target.seek(0)
        headers = [
            ("Content-Type", "application/zip"),
            ("Content-Length", str(length)),
            ("Content-Disposition", content_disposition(f"personal-data-{customer.id}.zip")),
            ("Cache-Control", "no-store"),
        ]
        response = request.make_response(wrap_file(request.httprequest.environ, target), headers=headers)
        response.call_on_close(target.close)
        return response
