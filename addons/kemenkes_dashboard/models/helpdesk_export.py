import hashlib
import logging
import secrets
import shutil
import tempfile
from datetime import timedelta
from pathlib import Path

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL, consteq

from ..tools import export_file
from ..tools.export_datasets import DATASETS

_logger = logging.getLogger(__name__)

FORMATS = [("csv", "CSV"), ("xlsx", "Excel (.xlsx)"), ("xls", "Excel 97 (.xls)")]
LOCALES = [("plain", "For programs: comma, decimal point"), ("id", "Indonesian: semicolon, decimal comma")]
KEEP_DAYS = 7
# Rows between two signs of life.
STEP = 20_000
# So many may wait for one account at once.
MAX_WAITING = 5
# So often a finished file is entered while others write the same chain of the ledger.
KEEP_TRIES = 10
# What stopped in the middle, because the server was stopped, is begun again after so long without a sign of life.
STALE_MINUTES = 30


class HelpdeskExport(models.Model):
    """A download of raw data, made in the background and kept for a week (R12)."""

    _name = "helpdesk.export"
    _description = "Download of Raw Data"
    _order = "id desc"

    user_id = fields.Many2one(
        "res.users", "Receiver", required=True, readonly=True, index=True, ondelete="cascade",
        default=lambda self: self.env.user,
    )  # fmt: skip
    dataset = fields.Selection(lambda self: self._selection_dataset(), "Data", required=True, default="tickets")
    file_format = fields.Selection(FORMATS, "Format", required=True, default="xlsx")
    locale = fields.Selection(LOCALES, "Numbers and separators", required=True, default="plain", help="CSV only.")
    date_from = fields.Date("From", default=lambda self: fields.Date.context_today(self).replace(day=1))
    date_to = fields.Date("Until", default=fields.Date.context_today, help="This day included.")
    site_ids = fields.Many2many("helpdesk.site", string="Sites")
    product_ids = fields.Many2many("helpdesk.product", string="Products")
    channel_ids = fields.Many2many("helpdesk.channel", string="Channels")
    team_ids = fields.Many2many("helpdesk.team", string="Teams")
    category_ids = fields.Many2many("helpdesk.category", string="Categories", help="With what is below them.")
    state = fields.Selection(
        [
            ("queued", "Waiting"),
            ("running", "Being made"),
            ("done", "Ready"),
            ("failed", "Failed"),
            ("expired", "Removed"),
        ],
        required=True,
        default="queued",
        readonly=True,
        copy=False,
    )
    expected_count = fields.Integer("Rows asked for", readonly=True, copy=False, aggregator=None)
    row_count = fields.Integer("Rows", readonly=True, copy=False)
    progress = fields.Float("Progress (%)", compute="_compute_progress")
    file_size = fields.Integer("Size (bytes)", readonly=True, copy=False)
    error = fields.Char(readonly=True, copy=False)
    attachment_id = fields.Many2one("ir.attachment", readonly=True, copy=False, ondelete="set null")
    token = fields.Char(
        copy=False, readonly=True, groups="base.group_system", default=lambda _self: secrets.token_urlsafe(24)
    )
    done_date = fields.Datetime("Ready since", readonly=True, copy=False)
    expiry_date = fields.Datetime("Kept until", readonly=True, copy=False)
    is_regular = fields.Boolean(readonly=True, copy=False, help="Made for a regular delivery, which tells of it.")
    sign_date = fields.Datetime("Last sign of life", readonly=True, copy=False)

    _queue_idx = models.Index("(id) WHERE state IN ('queued', 'running')")
    _expiry_idx = models.Index("(expiry_date) WHERE state = 'done'")

    @api.model
    def _selection_dataset(self):
        return [(dataset.name, self.env._(dataset.label)) for dataset in DATASETS]

    @api.depends("dataset", "date_from", "date_to")
    def _compute_display_name(self):
        labels = dict(self._selection_dataset())
        for export in self:
            span = " – ".join(str(day) for day in (export.date_from, export.date_to) if day)
            export.display_name = f"{labels.get(export.dataset, '')} {span}".strip()

    @api.depends("row_count", "expected_count", "state")
    def _compute_progress(self):
        for export in self:
            part = 100 * export.row_count / export.expected_count if export.expected_count else 0
            export.progress = 100 if export.state == "done" else min(part, 99)

    @api.constrains("date_from", "date_to")
    def _check_period(self):
        if any(export.date_from and export.date_to and export.date_from > export.date_to for export in self):
            raise ValidationError(self.env._("The first day must not lie after the last."))

    @api.constrains("dataset", "user_id")
    def _check_rights(self):
        for export in self:
            export.with_user(export.user_id).env["helpdesk.export.dataset"]._get(export.dataset)

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            # nobody orders what another one gets
            vals_list = [{**vals, "user_id": self.env.uid} for vals in vals_list]
        exports = super().create(vals_list)
        for user in exports.user_id:
            waiting = [("user_id", "=", user.id), ("state", "in", ("queued", "running"))]
            if self.sudo().search_count(waiting) > MAX_WAITING:
                raise ValidationError(
                    self.env._("%s downloads of yours are being made already: wait for them.", MAX_WAITING)
                )
        self.env.ref("kemenkes_dashboard.ir_cron_export").sudo()._trigger()
        return exports

    # MAKING

    @api.model
    def _cron_run(self):
        left = self.env["ir.cron"]._commit_progress(remaining=self.search_count([("state", "=", "queued")]))
        while left and (export := self._claim()):
            export._make()
            left = self.env["ir.cron"]._commit_progress(1)

    @api.model
    def _claim(self):
        self.flush_model()
        now = fields.Datetime.now()
        found = self.env.execute_query(
            SQL(
                """
                SELECT id FROM helpdesk_export
                 WHERE state = 'queued' OR (state = 'running' AND sign_date < %s)
                 ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
                """,
                now - timedelta(minutes=STALE_MINUTES),
            )
        )
        export = self.browse(found[0]) if found else self.browse()
        if export:
            export.write({"state": "running", "sign_date": now, "row_count": 0, "error": False})
            self.env["ir.cron"]._commit_progress()
        return export

    def _make(self):
        """Write the file, with signs of life, and tell the receiver."""
        folder = Path(tempfile.mkdtemp(prefix="helpdesk-export-"))
        try:
            path = self._write_file(folder)
            self._keep(path.name, *self._move_to_attachments(path))
        except (AccessError, UserError) as error:
            self._fail(str(error.args[0]))
        except Exception:
            _logger.exception("Export %s failed.", self.id)
            self._fail(self.env._("It could not be made. The administrator finds the cause in the server's log."))
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _chosen(self):
        fields_by_name = {
            "site_id": self.site_ids,
            "product_id": self.product_ids,
            "channel_id": self.channel_ids,
            "team_id": self.team_ids,
            "category_id": self.category_ids,
        }
        return {
            "date_from": self.date_from,
            "date_to": self.date_to,
            **{name: records.ids for name, records in fields_by_name.items()},
        }

    def _write_file(self, folder):
        chosen, user = self._chosen(), self.user_id
        name = f"{self.dataset}-{self.id}"
        # a transaction of its own: its rows are of one moment, while signs of life are committed here
        with self.env.registry.cursor() as cr:
            datasets = self.with_env(self.env(cr=cr, user=user.id, su=False, context={"lang": user.lang})).env[
                "helpdesk.export.dataset"
            ]
            dataset = datasets._get(self.dataset)
            expected, batches = datasets._read(dataset, chosen)
            self._note_rows(0, expected)
            writer = export_file.WRITERS[self.file_format](
                folder / name, [column.name for column in dataset.columns], self.locale == "id",
                datasets._dictionary(dataset),
            )  # fmt: skip
            written = told = 0
            for rows in batches:
                writer.write(rows)
                written += len(rows)
                if written - told >= STEP:
                    told = written
                    self._note_rows(written, expected)
            writer.close()
        if written != expected:
            raise UserError(
                self.env._("%(written)s rows came where %(expected)s had to.", written=written, expected=expected)
            )
        self.row_count = written
        return export_file.pack(writer.parts)

    def _note_rows(self, written, expected):
        self.write({"row_count": written, "expected_count": expected, "sign_date": fields.Datetime.now()})
        self.env["ir.cron"]._commit_progress()

    def _move_to_attachments(self, path):
        """Put the file where attachments are, without reading it into memory.

        :return: its name there and its size in bytes
        """
        size = path.stat().st_size
        digest = hashlib.sha1(usedforsecurity=False)
        with path.open("rb") as file:
            while piece := file.read(1024 * 1024):
                digest.update(piece)
        stored = f"{digest.hexdigest()[:2]}/{digest.hexdigest()}"
        target = Path(self.env["ir.attachment"]._full_path(stored))
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(path, target)
        return stored, size

    def _keep(self, name, stored, size):
        """Enter the finished file; in a new transaction once more where others wrote the ledger at that moment."""
        for left in reversed(range(KEEP_TRIES)):
            self.env["ir.cron"]._commit_progress()
            try:
                with self.env.cr.savepoint():
                    self._enter(name, stored, size)
                return
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                if not left:
                    self.env["ir.attachment"]._mark_for_gc(stored)
                    raise

    def _enter(self, name, stored, size):
        now = fields.Datetime.now()
        attachment = self.env["ir.attachment"].create(
            {"name": name, "res_model": self._name, "res_id": self.id, "raw": b"", "type": "binary"}
        )
        attachment.flush_recordset()
        self.env.cr.execute(
            "UPDATE ir_attachment SET store_fname = %s, db_datas = NULL, file_size = %s, checksum = %s, mimetype = %s"
            " WHERE id = %s",
            [stored, size, stored.rpartition("/")[2], export_file.MEDIA_TYPES[name.rpartition(".")[2]], attachment.id],
        )
        attachment.invalidate_recordset()
        self.write(
            {
                "state": "done",
                "attachment_id": attachment.id,
                "file_size": min(size, 2**31 - 1),
                "done_date": now,
                "expiry_date": now + timedelta(days=KEEP_DAYS),
            }
        )
        self._record_exported()
        self._tell(self.env._("Your download is ready"), [self._words_of_result()])

    def _record_exported(self):
        data = {"dataset": self.dataset, "count": self.row_count, "format": self.file_format}
        self.env["helpdesk.event"]._record(
            [{"kind": "exported", "user_id": self.user_id.id, "real_user_id": self.user_id.id, "data": data}]
        )

    def _words_of_result(self):
        export = self.with_context(lang=self.user_id.lang)
        return export.env._(
            "%(name)s: %(count)s rows. It can be fetched until %(date)s at %(link)s.",
            name=export.display_name,
            count=self.row_count,
            date=fields.Datetime.context_timestamp(self.with_context(tz=self.user_id.tz), self.expiry_date).strftime(
                "%d/%m/%Y %H:%M"
            ),
            link=self._link(),
        )

    def _link(self):
        # sudo: the receiver's link, told to the receiver only
        return f"{self.get_base_url()}/helpdesk/export/file/{self.id}/{self.sudo().token}"

    def _tell(self, subject, lines):
        if self.is_regular:
            self.env.ref("kemenkes_dashboard.ir_cron_delivery")._trigger()
            return
        self.user_id._notify_in_one(subject, lines)

    def _fail(self, reason):
        self.write({"state": "failed", "error": reason[:500]})
        export = self.with_context(lang=self.user_id.lang)
        self._tell(export.env._("Your download could not be made"), [export.display_name, reason])

    # FETCHING

    @api.model
    def _of_link(self, export_id, token):
        """The download of a link, for the account that ordered it.

        :raise LookupError: none, its time is over, or it is another account's
        """
        # sudo: the token is compared before anything of it is told
        export = self.sudo().browse(export_id).exists()
        if not export or not consteq(export.token, token) or export.user_id != self.env.user:
            raise LookupError
        return export._fetchable()

    def _fetchable(self):
        """The download itself, while its file is there.

        :raise LookupError: it is not ready, or its time is over
        """
        if self.state != "done" or self.expiry_date < fields.Datetime.now():
            raise LookupError
        return self

    def action_download(self):
        """Fetch the file."""
        self.ensure_one()
        if self.state != "done" or self.user_id != self.env.user:
            raise UserError(self.env._("This download is not ready, or its time is over."))
        return {"type": "ir.actions.act_url", "url": self._link(), "target": "download"}

    @api.autovacuum
    def _gc_expired(self):
        old = self.with_user(SUPERUSER_ID).search([("state", "=", "done"), ("expiry_date", "<", fields.Datetime.now())])
        old.attachment_id.unlink()
        old.write({"state": "expired"})
