from werkzeug.exceptions import NotFound, TooManyRequests

from odoo import http
from odoo.http import content_disposition, request

from odoo.addons.kemenkes_helpdesk.controllers.viewer_portal import ViewerPortal

from ..models.helpdesk_report import MEDIA_TYPES
from .export import PER_MINUTE


class Report(ViewerPortal):
    """Reports that are kept: as files for everybody who reads them, as pages for Pusdatin's viewers (R27.c.4)."""

    @http.route(
        "/helpdesk/report/<int(max=2147483647):report_id>.<any(pdf,xlsx,csv):file_format>",
        type="http",
        auth="user",
        methods=["GET"],
    )
    def download_report(self, report_id, file_format, **_params):
        """A report as a file, over what the account may see."""
        report = self._find_report(report_id)
        if not request.env["helpdesk.rate.limit"]._take("export", str(request.env.uid), PER_MINUTE, seconds=60):
            raise TooManyRequests(request.env._("Too many downloads at once. Wait a minute."))
        name, content = report._render_file(file_format)
        headers = {
            "Content-Type": MEDIA_TYPES[file_format],
            "Content-Disposition": content_disposition(name),
            "Cache-Control": "no-store",
        }
        return request.make_response(content, list(headers.items()))

    @http.route("/my/helpdesk/reports", type="http", auth="user", website=True, methods=["GET"])
    def show_reports(self, **_params):
        """The reports that are shared with viewers."""
        self._check_viewer()
        return self._render(
            "kemenkes_dashboard.viewer_reports",
            {"page_title": request.env._("Reports"), "reports": request.env["helpdesk.report"].search([])},
        )

    @http.route(
        "/my/helpdesk/reports/<int(max=2147483647):report_id>", type="http", auth="user", website=True, methods=["GET"]
    )
    def show_report(self, report_id, **_params):
        """A report with its chart, and its raw figures beside it."""
        self._check_viewer()
        report = self._find_report(report_id)
        return self._render("kemenkes_dashboard.viewer_report", {"page_title": report.name, "report": report})

    def _find_report(self, report_id):
        reports = request.env["helpdesk.report"]
        report = reports.search([("id", "=", report_id)]) if reports.has_access("read") else reports
        if not report:
            raise NotFound
        return report
