from datetime import timedelta

from odoo import api, models

# A file that is fetched in pieces, or opened again at once, is one download.
SAME_DOWNLOAD = timedelta(minutes=5)


class IrAttachment(models.Model):
    """Files of tickets, in the ledger (R27.b.2)."""

    _inherit = "ir.attachment"

    @api.model_create_multi
    def create(self, vals_list):
        attachments = super().create(vals_list)
        attachments._record_on_tickets("attachment_added")
        return attachments

    def write(self, vals):
        # the composer uploads first and hands the files to the ticket when the message is sent
        elsewhere = self - self._of_tickets() if "res_model" in vals or "res_id" in vals else self.browse()
        result = super().write(vals)
        elsewhere._record_on_tickets("attachment_added")
        return result

    def unlink(self):
        rows = self._prepare_ticket_rows("attachment_removed")
        result = super().unlink()
        self.env["helpdesk.event"]._record(rows)
        return result

    def _of_tickets(self):
        # sudo: only to see which record a file belongs to
        return self.filtered(
            lambda file: file.sudo().res_model == "helpdesk.ticket" and file.sudo().res_id and not file.sudo().res_field
        )

    def _prepare_ticket_rows(self, kind):
        return [
            {"kind": kind, "ticket_id": file.sudo().res_id, "data": {"attachment": file.id}}
            for file in self._of_tickets()
        ]

    def _record_on_tickets(self, kind):
        self.env["helpdesk.event"]._record(self._prepare_ticket_rows(kind))

    def _record_download(self):
        """Note that the environment's user fetches the file; nothing happens for files that are not a ticket's."""
        rows = self._prepare_ticket_rows("attachment_downloaded")
        if rows and not self._is_downloading(rows[0]):
            self.env["helpdesk.event"]._record(rows)

    def _is_downloading(self, row):
        self.env.cr.execute(
            """
            SELECT FROM helpdesk_event
             WHERE kind = 'attachment_downloaded' AND ticket_id = %s AND user_id = %s AND date > %s
               AND (data->>'attachment')::bigint = %s LIMIT 1
            """,
            [row["ticket_id"], self.env.uid, self.env.cr.now() - SAME_DOWNLOAD, row["data"]["attachment"]],
        )
        return bool(self.env.cr.rowcount)
