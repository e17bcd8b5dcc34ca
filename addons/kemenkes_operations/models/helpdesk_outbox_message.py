from odoo import models


class HelpdeskOutboxMessage(models.Model):
    _inherit = "helpdesk.outbox.message"

    # what watches the system counts the failures of a day every few seconds
    _failed_idx = models.Index("(write_date) WHERE state = 'failed'")
