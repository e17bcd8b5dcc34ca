import logging
import smtplib
import tempfile
from datetime import timedelta
from pathlib import Path

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, email_normalize

from odoo.addons.base.models.ir_mail_server import MailDeliveryException
from odoo.addons.kemenkes_channels.providers.records import Fault, Retry

from ..tools.file_places import PlaceError

_logger = logging.getLogger(__name__)

# What is larger is told by a link, which asks for the receiver's log-in.
ATTACHED_BYTES = 8 * 1024 * 1024
# A mail of which nothing was heard for so long: whether it left, nobody knows.
UNKNOWN_MINUTES = 30


class HelpdeskDeliveryRun(models.Model):
    """One delivery to one receiver: made once, tried again while it fails, and its failure told (R12, R27.c.4)."""

    _name = "helpdesk.delivery.run"
    _description = "Delivery"
    _inherit = ["helpdesk.due.mixin"]
    _order = "id desc"
    _rec_name = "planned_date"
    _due_job = "kemenkes_dashboard.ir_cron_delivery"
    _due_minutes = (5, 15, 60, 240, 720)

    delivery_id = fields.Many2one("helpdesk.delivery", required=True, readonly=True, ondelete="cascade")
    user_id = fields.Many2one("res.users", "Receiver", required=True, readonly=True, ondelete="cascade")
    planned_date = fields.Datetime("Planned for", required=True, readonly=True)
    date_from = fields.Date("From", readonly=True)
    date_to = fields.Date("Until", readonly=True)
    state = fields.Selection(
        [("waiting", "Waiting"), ("sending", "Being sent"), ("done", "Delivered"), ("failed", "Failed")],
        required=True,
        default="waiting",
        readonly=True,
    )
    error = fields.Char(readonly=True)
    export_id = fields.Many2one("helpdesk.export", readonly=True, ondelete="set null")
    sent_date = fields.Datetime("Delivered on", readonly=True)
    file_names = fields.Char("Files", readonly=True)

    _planned_unique = models.UniqueIndex("(delivery_id, planned_date, user_id)")
    _due_idx = models.Index("(next_attempt_date, id) WHERE state = 'waiting'")

    @api.model
    def _claim_next(self):
        self.flush_model()
        found = self.env.execute_query(
            SQL(
                """
                SELECT id FROM helpdesk_delivery_run WHERE state = 'waiting' AND next_attempt_date <= %s
                 ORDER BY next_attempt_date, id LIMIT 1 FOR UPDATE SKIP LOCKED
                """,
                fields.Datetime.now(),
            )
        )
        return self.browse(found[0]) if found else self.browse()

    # ONE DELIVERY

    def _work_one(self):
        """One delivery; why it failed is said in the language of who is responsible for it."""
        self.with_context(lang=self.delivery_id.user_id.lang)._deliver()

    def _deliver(self):
        """Make what is to go and send it; raw data is made by its own job, which wakes this one."""
        if self.delivery_id.content == "export" and not self._is_export_ready():
            return
        with tempfile.TemporaryDirectory(prefix="helpdesk-delivery-") as folder:
            try:
                with self.env.cr.savepoint():
                    paths = self._make_files(Path(folder))
                self._send(paths)
            except PlaceError as error:
                self._note_failure(self.delivery_id.place_id._explain(error))
            except (AccessError, UserError) as error:
                self._note_failure(str(error.args[0]))
            except Exception:
                _logger.exception("Delivery %s failed.", self.id)
                self._note_failure(self.env._("It could not be sent. The cause stands in the server's log."))
            else:
                names = ", ".join(path.name for path in paths)
                self.write({"state": "done", "error": False, "sent_date": fields.Datetime.now(), "file_names": names})

    def _is_export_ready(self):
        """Whether the raw data is made; ordered where it is not yet, and waited for."""
        export = self.export_id
        if not export or export.state == "expired":
            try:
                with self.env.cr.savepoint():
                    self.export_id = self._order_export()
            except (AccessError, UserError) as error:
                self._note_failure(str(error.args[0]))
                return False
        elif export.state == "failed":
            self.export_id = False
            self._note_failure(export.error)
            return False
        if self.export_id.state == "done":
            return True
        # its own job wakes this one; looked at again in any case
        self.next_attempt_date = fields.Datetime.now() + timedelta(minutes=10)
        return False

    def _order_export(self):
        delivery = self.delivery_id
        return self.env["helpdesk.export"].create(
            {
                "user_id": self.user_id.id,
                "dataset": delivery.dataset,
                "file_format": delivery.file_format,
                "locale": delivery.locale or "plain",
                "date_from": self.date_from,
                "date_to": self.date_to,
                "product_ids": delivery.product_ids.ids,
                "site_ids": delivery.site_ids.ids,
                "is_regular": True,
            }
        )

    def _make_files(self, folder):
        """The files, as their receiver may have them: paths."""
        if self.delivery_id.content == "export":
            attachment = self.export_id.attachment_id
            path = folder / self._file_name(attachment.name)
            path.symlink_to(attachment._full_path(attachment.store_fname))
            return [path]
        user = self.user_id
        mine = self.delivery_id.report_id.with_user(user).with_context(lang=user.lang, tz=user.tz)
        mine.check_access("read")
        wanted = self.delivery_id.report_format
        paths = []
        for file_format in ("pdf", "xlsx") if wanted == "both" else (wanted,):
            name, content = mine._render_file(file_format, (self.date_from, self.date_to))
            paths.append(folder / self._file_name(name))
            paths[-1].write_bytes(content)
        return paths

    def _file_name(self, name):
        """Which delivery it is stands in the name: an attempt made twice leaves one file."""
        stem, _dot, ending = name.rpartition(".")
        if self.delivery_id.content == "export":
            stem = f"{self.delivery_id.dataset}-{self.date_from}-{self.date_to}"
        return f"{stem}-{self.delivery_id.id}-{self.planned_date:%Y%m%d%H%M}.{ending}"

    def _send(self, paths):
        if self.delivery_id.way == "place":
            for path in paths:
                self.delivery_id.place_id._put(path, path.name)
            return
        mail = self._prepare_mail(paths)
        # from here on it may have left, whatever becomes of this process: it is not sent again by itself
        self.state = "sending"
        self.env["ir.cron"]._commit_progress()
        try:
            mail.send(raise_exception=True)
        except Exception as error:
            mail.unlink()
            raise UserError(self._explain_mail(error)) from error

    def _explain_mail(self, error):
        """Why a mail did not leave, a sentence for people."""
        cause = error.args[-1] if isinstance(error, MailDeliveryException) else error
        # errors of smtplib are OSErrors too, but come from a server that was reached
        if isinstance(cause, OSError) and not isinstance(cause, smtplib.SMTPException):
            return self.env._("The mail server is not reached: %s", cause)
        return self.env._("The mail server did not take it: %s", cause)

    def _prepare_mail(self, paths):
        user = self.user_id
        address = email_normalize(user.email or "")
        if not address:
            raise UserError(self.env._("%s has no e-mail address.", user.name))
        localized = self.with_context(lang=user.lang)
        size = sum(path.stat().st_size for path in paths)
        files = paths if size <= ATTACHED_BYTES else []
        body = (
            self.env["ir.qweb"]
            .with_context(lang=user.lang)
            ._render(
                "kemenkes_dashboard.delivery_mail",
                {
                    "delivery": localized.delivery_id,
                    "run": localized,
                    "rows": self.export_id.row_count if self.export_id else None,
                    "link": self.export_id._link() if self.export_id and not files else "",
                    "is_attached": bool(files),
                },
            )
        )
        return self.env["mail.mail"].create(
            {
                "subject": f"{localized.delivery_id.name}: {self.date_from} – {self.date_to}",
                "email_to": address,
                "body_html": body,
                "auto_delete": True,
                "attachment_ids": [
                    fields.Command.create({"name": path.name, "raw": path.read_bytes(), "type": "binary"})
                    for path in files
                ],
            }
        )

    # WHAT FAILS

    def _note_failure(self, reason):
        self.write({"error": (reason or "")[:500], "state": "waiting"})
        if not self._put_off(Fault(Retry.LATER)):
            self._give_up()

    def _give_up(self):
        self.state = "failed"
        owner = self.delivery_id.user_id
        told = self.with_context(lang=owner.lang)
        owner._notify_in_one(
            told.env._("A regular delivery failed"),
            [
                told.env._(
                    "%(name)s to %(user)s: %(error)s",
                    name=self.delivery_id.name,
                    user=self.user_id.name,
                    error=self.error,
                )
            ],
        )

    @api.model
    def _cron_work(self):
        lost = self.search(
            [
                ("state", "=", "sending"),
                ("write_date", "<", fields.Datetime.now() - timedelta(minutes=UNKNOWN_MINUTES)),
            ]
        )
        for run in lost:
            run.error = self.env._("Nobody knows whether the mail left: ask its receiver, and send it again if not.")
            run._give_up()
        return super()._cron_work()

    def action_send_again(self):
        """Try once more what failed.

        :raise UserError: one of them has not failed
        """
        self.delivery_id.check_access("write")
        if any(run.state != "failed" for run in self):
            raise UserError(self.env._("Only what failed can be sent again."))
        # sudo: rows are the machine's; who keeps the delivery may try again
        self.sudo().write({"state": "waiting", "attempts": 0, "next_attempt_date": fields.Datetime.now()})
        self._wake_job()
