from odoo import models

RECORDINGS = "helpdesk.call.recording"


class IrAttachment(models.Model):
    """Who hears a recording stands in the ledger, as who fetches a ticket's file does (R27.b.2)."""

    _inherit = "ir.attachment"

    def _prepare_ticket_rows(self, kind):
        rows = super()._prepare_ticket_rows(kind)
        if kind != "attachment_downloaded":
            return rows
        # sudo: only to see which call a file belongs to
        heard = self.sudo().filtered(lambda file: file.res_model == RECORDINGS and file.res_id)
        recordings = self.env[RECORDINGS].sudo().browse(heard.mapped("res_id")).exists()
        tickets = {recording.id: recording.call_id.ticket_id for recording in recordings}
        return rows + [
            {"kind": kind, "ticket_id": tickets[file.res_id].id, "data": {"attachment": file.id}}
            for file in heard
            if tickets.get(file.res_id)
        ]
