from odoo import api, fields, models
from odoo.tools import SQL

OPERATIONS = [
    ("mention", "Mentions read"),
    ("post", "Posts read"),
    ("message", "Direct messages read"),
    ("reply", "Replies in public"),
    ("send_post", "Posts"),
    ("send_post_link", "Posts with a link"),
    ("send_message", "Direct messages sent"),
]


class HelpdeskChannelUsage(models.Model):
    """What an account has used of a service that costs money: a row for each month and kind of request."""

    _name = "helpdesk.channel.usage"
    _description = "Paid Use of a Channel"
    _order = "month desc, channel_id, operation"
    _rec_name = "operation"
    _log_access = False

    channel_id = fields.Many2one("helpdesk.channel", required=True, readonly=True, ondelete="cascade")
    month = fields.Date(required=True, readonly=True, help="First day of the month.")
    operation = fields.Selection(OPERATIONS, required=True, readonly=True)
    count = fields.Integer("How often", required=True, readonly=True)
    cost = fields.Float("Cost (USD)", required=True, readonly=True, digits=(12, 3))

    _month_unique = models.UniqueIndex("(channel_id, month, operation)")

    @api.model
    def _add(self, channel, counts, prices):
        """Count requests that were made.

        :param channel: ``helpdesk.channel``
        :param dict counts: ``{operation: how often}``
        :param dict prices: ``{operation: thousandths of a US dollar}``
        """
        month = fields.Date.today().replace(day=1)
        for operation, count in counts.items():
            if count:
                # two workers at once: both are counted
                self.env.cr.execute(
                    SQL(
                        """
                        INSERT INTO helpdesk_channel_usage (channel_id, month, operation, count, cost)
                        VALUES (%s, %s, %s, %s, %s)
                        ON CONFLICT (channel_id, month, operation)
                        DO UPDATE SET count = helpdesk_channel_usage.count + excluded.count,
                                      cost = helpdesk_channel_usage.cost + excluded.cost
                        """,
                        channel.id,
                        month,
                        operation,
                        count,
                        count * prices[operation] / 1000,
                    )
                )
        self.invalidate_model()
