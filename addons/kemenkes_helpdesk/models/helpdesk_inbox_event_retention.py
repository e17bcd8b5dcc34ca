from datetime import timedelta

from odoo import api, fields, models

# What became a ticket or was set aside; what failed is kept until somebody has dealt with it.
SETTLED_STATES = ("done", "ignored")
BATCH_SIZE = 500


class HelpdeskInboxEvent(models.Model):
    """Raw messages are kept for as long as the channel says; that they came, and what became of them, stays."""

    _inherit = "helpdesk.inbox.event"

    purge_date = fields.Datetime("Raw message removed on", readonly=True)

    _settled_idx = models.Index("(channel_id, create_date) WHERE state IN ('done', 'ignored') AND purge_date IS NULL")

    @api.model
    def _cron_purge(self):
        channels = self.env["helpdesk.channel"].with_context(active_test=False).search([("raw_keep_days", ">", 0)])
        for channel in channels:
            while batch := self._find_outlived(channel):
                batch._purge()
                if not self.env["ir.cron"]._commit_progress(len(batch)):
                    return

    @api.model
    def _find_outlived(self, channel):
        return self.search(
            [
                ("channel_id", "=", channel.id),
                ("state", "in", SETTLED_STATES),
                ("purge_date", "=", False),
                ("create_date", "<", fields.Datetime.now() - timedelta(days=channel.raw_keep_days)),
            ],
            limit=BATCH_SIZE,
        )

    def _purge(self):
        """Remove what came in, with the files that no ticket has taken over."""
        self.file_ids.unlink()
        self.write({"payload": False, "headers": False, "purge_date": fields.Datetime.now()})
