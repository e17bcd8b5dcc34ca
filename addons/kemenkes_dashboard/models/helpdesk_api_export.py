from odoo import api, models
from odoo.fields import Domain
from odoo.tools.translate import LazyTranslate

from odoo.addons.kemenkes_channels.models.helpdesk_api import PAGING, optional_text
from odoo.addons.kemenkes_channels.tools import open_api
from odoo.addons.kemenkes_channels.tools.open_api import Operation, moment, number, optional, page_of, record

from ..tools import export_file
from ..tools.export_datasets import BY_NAME

_lt = LazyTranslate(__name__)

TAG = _lt("Raw data")
SCOPE = "exports:read"
REFERENCES = ("site_id", "product_id", "channel_id", "team_id", "category_id")
DAY = {"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}


class HelpdeskApi(models.AbstractModel):
    """Raw data in the open API: ordered, asked after, fetched."""

    _inherit = "helpdesk.api"

    @api.model
    def _operations(self):
        files = tuple(export_file.MEDIA_TYPES.values())
        return [
            *super()._operations(),
            Operation("list_exports", "GET", "/exports", SCOPE, _lt("List downloads of raw data"), TAG, query=PAGING,
                      answer="ExportPage"),
            Operation("create_export", "POST", "/exports", SCOPE, _lt("Order a download of raw data"), TAG,
                      body="ExportNew", answer="Export", status=201),
            Operation("get_export", "GET", "/exports/{export_id}", SCOPE, _lt("See how far a download is"), TAG,
                      answer="Export"),
            Operation("get_export_file", "GET", "/exports/{export_id}/file", SCOPE, _lt("Fetch the file"), TAG,
                      media_types=files),
        ]  # fmt: skip

    @api.model
    def _schemas(self):
        formats = {"type": "string", "enum": list(export_file.WRITERS)}
        return {
            **super()._schemas(),
            "Export": record(
                {
                    "id": number(),
                    "dataset": {"type": "string", "enum": list(BY_NAME)},
                    "format": formats,
                    "state": {"type": "string", "enum": ["queued", "running", "done", "failed", "expired"]},
                    "progress_percent": {"type": "number"},
                    "rows": {"type": "integer"},
                    "error": optional_text(),
                    "expires_at": optional(moment()),
                },
                required=("id", "dataset", "format", "state"),
            ),
            "ExportPage": page_of("Export"),
            "ExportNew": record(
                {
                    "dataset": {"type": "string", "enum": list(BY_NAME)},
                    "format": formats,
                    "locale": {"type": "string", "enum": ["plain", "id"]},
                    "date_from": {**DAY, "description": _lt("In the account's time zone, this day included.")},
                    "date_to": {**DAY, "description": _lt("In the account's time zone, this day included.")},
                    **{name: number() for name in REFERENCES},
                },
                required=("dataset", "format"),
            ),
        }

    @api.model
    def _do_list_exports(self, limit, cursor=None):
        return self._page("helpdesk.export", Domain.TRUE, limit, cursor, self._serialize_exports)

    @api.model
    def _do_create_export(self, body):
        values = {"dataset": body["dataset"], "file_format": body["format"], "locale": body.get("locale", "plain")}
        for name in ("date_from", "date_to"):
            values[name] = self._read_day(body[name], f"/{name}") if name in body else False
        for name, found in self._read_references({key: body[key] for key in REFERENCES if key in body}).items():
            values[name.replace("_id", "_ids")] = [found]
        return self._serialize_exports(self.env["helpdesk.export"].create(values))[0]

    @api.model
    def _read_day(self, written, pointer):
        moment_of_day = open_api.parse_moment(f"{written}T00:00:00Z")
        if not moment_of_day:
            raise open_api.BadRequestError([(pointer, "day", None)])
        return moment_of_day.date()

    @api.model
    def _described_fault(self, kind, limit):
        if kind == "day":
            return self.env._("This is no day, such as 2026-11-27.")
        return super()._described_fault(kind, limit)

    @api.model
    def _do_get_export(self, export_id):
        return self._serialize_exports(self._find("helpdesk.export", export_id))[0]

    @api.model
    def _do_get_export_file(self, export_id):
        export = self._find("helpdesk.export", export_id)
        # sudo: the file is its receiver's; the record has been found in the receiver's rights
        attachment = export._fetchable().sudo().attachment_id
        return attachment._to_http_stream().get_response(as_attachment=True)

    @api.model
    def _serialize_exports(self, exports):
        return [
            {
                "id": export.id,
                "dataset": export.dataset,
                "format": export.file_format,
                "state": export.state,
                "progress_percent": round(export.progress, 1),
                "rows": export.row_count,
                "error": export.error or None,
                "expires_at": open_api.format_moment(export.expiry_date),
            }
            for export in exports
        ]
