from odoo import http
from odoo.http import request

from odoo.addons.kemenkes_helpdesk.controllers.viewer_portal import ViewerPortal

PAGE_SIZE = 100


class ViewerTraining(ViewerPortal):
    """Pusdatin sees who of its sites is certified, and whose certificate has ended (R21)."""

    @http.route("/my/helpdesk/training", type="http", auth="user", website=True, methods=["GET"])
    def list_training(self, state="", **_params):
        """Results by course and person; ``state`` narrows the list."""
        self._check_viewer()
        results = request.env["helpdesk.training.result"]
        labels = dict(results._fields["state"]._description_selection(request.env))
        counts = dict(results._read_group([], ["state"], ["__count"]))
        domain = [("state", "=", state)] if state in labels else []
        found = results.search(domain, limit=PAGE_SIZE)
        return self._render(
            "kemenkes_qa.viewer_training",
            {
                "page_title": request.env._("Training"),
                # sudo: found in the viewer's own rights; names of people and courses are shown
                "rows": [self._prepare_training(result, labels) for result in found.sudo()],
                "choices": [(key, labels[key], counts[key]) for key in labels if counts.get(key)],
                "state": state,
                "total": sum(counts.values()),
                "passed": counts.get("passed", 0),
                "left_out": max(results.search_count(domain) - PAGE_SIZE, 0),
            },
        )

    def _prepare_training(self, result, labels):
        return {
            "name": result.user_id.name,
            "course": result.course_id.name,
            "site": result.site_id.name or "",
            "state": result.state,
            "label": labels[result.state],
            "score": f"{result.score:.0f} %" if result.attempt_count else "",
            "number": result.certificate_number or "",
            "until": f"{result.expiry_date:%d/%m/%Y}" if result.expiry_date else "",
            "certificate": f"/helpdesk/certificate/{result.id}" if result.passed_date else "",
            "is_overdue": result.is_overdue,
            "is_ending": result.is_ending,
        }
