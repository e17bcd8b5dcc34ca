from odoo import api, models


class HelpdeskInboxEvent(models.Model):
    """How far our messages got, as the services tell it: in any order, and more than once."""

    _inherit = "helpdesk.inbox.event"

    @api.model
    def _take_statuses(self, items):
        outbox = self.env["helpdesk.outbox.message"].sudo()
        found = outbox._of_statuses([(item.channel, item.record.message_id, item.record.reference) for item in items])
        for item in items:
            row = found.get((item.channel, item.record.message_id, item.record.reference))
            if not row:
                item.waits = True
                continue
            item.ticket = row.ticket_id
            row._note_status(item.record.state, item.record.date or item.event.create_date, item.record.fault)

    @api.model
    def _take_watermarks(self, items):
        outbox = self.env["helpdesk.outbox.message"].sudo()
        for item in items:
            handles = [handle.value for handle in item.record.sender.handles]
            outbox._note_watermark(
                item.channel, handles, item.record.state, item.record.until or item.record.date, item.record.message_ids
            )
