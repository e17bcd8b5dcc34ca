from datetime import timedelta

from odoo import fields, models

from .. import providers

# How long a message waits for somebody to raise the budget, before it is looked at again.
WAIT = timedelta(hours=1)


class HelpdeskOutboxMessage(models.Model):
    """Messages of services that cost money: counted when sent, held while the month's budget is used up."""

    _inherit = "helpdesk.outbox.message"

    def _send_one(self):
        if not self.channel_id.is_budget_spent:
            return super()._send_one()
        self.write(
            {
                "error": self.env._(
                    "The budget of %s for this month is used up. Tell an administrator.", self.channel_id.name
                ),
                "next_attempt_date": fields.Datetime.now() + WAIT,
            }
        )
        return None

    def _finish_sending(self):
        result = super()._finish_sending()
        provider = providers.load(self.kind)
        if hasattr(provider, "price_of"):
            self.channel_id._add_usage(provider.price_of(self._outgoing()))
        return result
