from odoo import api, models


class HelpdeskInboxEvent(models.Model):
    """Steps of calls come in by the inbox."""

    _inherit = "helpdesk.inbox.event"

    @api.model
    def _take_calls(self, items):
        # sudo: calls belong to nobody's rights until they are there
        calls = self.env["helpdesk.call"].sudo()
        told = calls._take([(item.channel, item.record, item.event.create_date) for item in items])
        for item, call in zip(items, told, strict=True):
            item.ticket = call.ticket_id or None
