import logging
import os

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.kemenkes_helpdesk.models.helpdesk_personal_mixin import CUSTOMER_MODELS

from ..tools import clamd

_logger = logging.getLogger(__name__)

# host:port of ClamAV's daemon. Without it nothing is scanned.
SCANNER_VARIABLE = "HELPDESK_CLAMD"
# What hangs on these came from a customer, or goes to one.
SCANNED_MODELS = (*CUSTOMER_MODELS, "discuss.channel")
BATCH = 50


class IrAttachment(models.Model):
    """Files of customers and colleagues are looked through for viruses, a moment after they came in (ASVS 5.4.3).

    Not while they come in: nothing is refused or late because the scanner is away. What is found is taken out of the
    file; the file's name, its place and who sent it stay.
    """

    _inherit = "ir.attachment"

    scan_state = fields.Selection(
        [
            ("waiting", "To be scanned"),
            ("clean", "Clean"),
            ("infected", "Virus removed"),
            ("refused", "Can't be scanned"),
        ],
        "Virus scan",
        readonly=True,
        copy=False,
        # nobody else calls a file clean
        groups="base.group_system",
    )
    scan_finding = fields.Char("Virus found", readonly=True, copy=False, groups="base.group_system")

    _scan_idx = models.Index("(id) WHERE scan_state = 'waiting'")

    @api.model_create_multi
    def create(self, vals_list):
        attachments = super().create(vals_list)
        attachments._ask_for_scan()
        return attachments

    def write(self, vals):
        result = super().write(vals)
        # the composer uploads first and hands the files to their ticket when the message is sent
        if {"raw", "datas", "res_model"} & set(vals):
            self._ask_for_scan()
        return result

    def _ask_for_scan(self):
        if not self._scanner():
            return
        # sudo: which record a file belongs to, and what only the scanner writes
        files = self.sudo().filtered(
            lambda file: file.res_model in SCANNED_MODELS and not file.res_field and file.type == "binary"
        )
        if files:
            files.write({"scan_state": "waiting", "scan_finding": False})
            self.env.ref("kemenkes_operations.ir_cron_scan")._trigger()

    @api.model
    def _scanner(self):
        """``(host, port)`` of the scanner, None where there is none."""
        host, _colon, port = os.environ.get(SCANNER_VARIABLE, "").rpartition(":")
        return (host, int(port)) if host and port.isdigit() else None

    @api.model
    def _cron_scan(self):
        """Look through what came in, the oldest first; a scanner that is away is asked again at the next run."""
        scanner = self._scanner()
        if not scanner:
            return
        waiting = Domain("scan_state", "=", "waiting")
        # sudo: files of all records
        files = self.sudo()
        found = files.search(waiting, limit=BATCH, order="id").try_lock_for_update()
        self.env["ir.cron"]._commit_progress(remaining=files.search_count(waiting, limit=10 * BATCH))
        for file in found:
            try:
                file._scan(scanner)
            except OSError as error:
                _logger.warning("Virus scanner: %s", error)
                return
            self.env["ir.cron"]._commit_progress(1)

    def _scan(self, scanner):
        try:
            finding = clamd.scan(*scanner, self.raw or b"")
        except ValueError as refusal:
            self.write({"scan_state": "refused", "scan_finding": str(refusal)})
            return
        if finding:
            self._take_out(finding)
        else:
            self.scan_state = "clean"

    def _take_out(self, finding):
        """Put a sentence in the place of a file's content, and tell who works on the record."""
        name, translate = self.name, self.with_context(lang=self.env.company.partner_id.lang).env._
        words = translate("Removed by the virus scanner: %(finding)s", finding=finding)
        self.write({"raw": words.encode(), "name": f"{name}.txt", "mimetype": "text/plain"})
        # after what is new in it has asked for a scan
        self.write({"scan_state": "infected", "scan_finding": finding})
        record = self.env[self.res_model].browse(self.res_id).exists()
        if isinstance(record, self.env.registry["mail.thread"]):
            body = translate(
                "The file %(name)s held a virus (%(finding)s) and was removed.", name=name, finding=finding
            )
            record.message_post(body=body, subtype_xmlid="mail.mt_note")
