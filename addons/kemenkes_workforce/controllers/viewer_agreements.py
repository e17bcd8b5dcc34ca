import base64

from werkzeug.exceptions import NotFound

from odoo import http
from odoo.http import content_disposition, request

from odoo.addons.kemenkes_helpdesk.controllers.viewer_portal import ViewerPortal

from ..models.res_users_nda import NDA_STATES
from ..tools import table_file

MIME_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
STATES = tuple(state for state, _label in NDA_STATES if state != "free")


class ViewerAgreements(ViewerPortal):
    """Pusdatin sees who of its sites works under an agreement, and who does not (R8)."""

    @http.route("/my/helpdesk/agreements", type="http", auth="user", website=True, methods=["GET"])
    def list_agreements(self, state="", **_params):
        """Everybody who needs an agreement, with what they have; ``state`` narrows the list."""
        self._check_viewer()
        accounts = self._viewer_accounts()
        counts = {key: len(accounts.filtered(lambda user, key=key: user.nda_state == key)) for key in STATES}
        shown = accounts.filtered(lambda user: user.nda_state == state) if state in STATES else accounts
        labels = dict(request.env["res.users"]._fields["nda_state"]._description_selection(request.env))
        return self._render(
            "kemenkes_workforce.viewer_agreements",
            {
                "page_title": request.env._("Confidentiality agreements"),
                "rows": [self._prepare_agreement(user, labels) for user in shown],
                "choices": [(key, labels[key], counts[key]) for key in STATES if counts[key]],
                "state": state,
                "total": len(accounts),
                "open_count": counts["valid"] + counts["ending"],
            },
        )

    @http.route(
        "/my/helpdesk/agreements.<any(csv,xlsx):extension>", type="http", auth="user", website=True, methods=["GET"]
    )
    def download_agreements(self, extension, **_params):
        """The whole list as a file."""
        self._check_viewer()
        accounts = self._viewer_accounts()
        env = request.env
        labels = dict(env["res.users"]._fields["nda_state"]._description_selection(env))
        columns = [
            (env._("Name"), 30),
            (env._("Role"), 22),
            (env._("Site"), 20),
            (env._("Number"), 18),
            (env._("Signed on"), 12),
            (env._("Signed for the provider by"), 30),
            (env._("Valid from"), 12),
            (env._("Valid until"), 12),
            (env._("State"), 18),
        ]
        rows = [
            [row[name] for name in ("name", "role", "site", "number", "signed", "signatory", "from", "to", "label")]
            for row in (self._prepare_agreement(user, labels) for user in accounts)
        ]
        content = (
            table_file.to_csv(columns, rows)
            if extension == "csv"
            else table_file.to_xlsx(env._("Confidentiality agreements"), columns, rows)
        )
        env["helpdesk.event"]._record([{"kind": "exported", "data": {"model": "helpdesk.nda", "count": len(rows)}}])
        return request.make_response(
            content,
            [
                ("Content-Type", MIME_TYPES[extension]),
                ("Content-Disposition", content_disposition(f"{env._('agreements')}.{extension}")),
                ("Cache-Control", "no-store"),
            ],
        )

    @http.route(
        "/my/helpdesk/agreements/<int(max=2147483647):nda_id>/document",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
    )
    def download_agreement(self, nda_id, **_params):
        """The signed document, as a download."""
        self._check_viewer()
        nda = request.env["helpdesk.nda"].search([("id", "=", nda_id), ("state", "!=", "draft")])
        # sudo: found in the viewer's own rights; the file is a column of it
        document = nda.sudo().document
        if not document:
            raise NotFound
        return request.make_response(
            base64.b64decode(document),
            [
                ("Content-Type", "application/octet-stream"),
                ("Content-Disposition", content_disposition(nda.sudo().document_name or nda.name)),
                ("Content-Security-Policy", "default-src 'none'; sandbox"),
                ("X-Content-Type-Options", "nosniff"),
                ("Cache-Control", "no-store"),
            ],
        )

    def _viewer_accounts(self):
        # sudo: a viewer may know their own sites
        return request.env["res.users"]._nda_overview(request.env.user.sudo().helpdesk_site_ids)

    def _prepare_agreement(self, user, labels):
        nda = user.nda_id
        roles = dict(user._fields["helpdesk_role"]._description_selection(request.env))
        return {
            "name": user.name,
            "role": roles.get(user.helpdesk_role, ""),
            "site": (nda.site_id or user.helpdesk_site_ids[:1]).name or "",
            "number": nda.name or "",
            "signed": self._day(nda.signed_date),
            "signatory": nda.signatory or "",
            "from": self._day(nda.valid_from),
            "to": self._day(nda.valid_to),
            "state": user.nda_state,
            "label": labels[user.nda_state],
            "days_left": nda.days_left,
            "document_url": f"/my/helpdesk/agreements/{nda.id}/document"
            if nda.document_name and nda.state != "draft"
            else None,
        }

    def _day(self, day):
        return f"{day:%d/%m/%Y}" if day else ""
