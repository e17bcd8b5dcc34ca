from odoo import api, fields, models

from .. import providers


class HelpdeskChannel(models.Model):
    """The month's budget of an account at a service that costs money: counted, shown, a stop when used up."""

    _inherit = "helpdesk.channel"

    has_budget = fields.Boolean(compute="_compute_budget")
    monthly_budget = fields.Float("Budget a month (USD)", digits=(12, 2), help="0: no limit.")
    usage_ids = fields.One2many("helpdesk.channel.usage", "channel_id", "Paid use", readonly=True)
    month_cost = fields.Float("Spent this month (USD)", compute="_compute_budget", digits=(12, 3))
    budget_percent = fields.Float("Budget used (%)", compute="_compute_budget")
    is_budget_spent = fields.Boolean(compute="_compute_budget")

    @api.depends("kind", "monthly_budget", "usage_ids.cost")
    def _compute_budget(self):
        month = fields.Date.today().replace(day=1)
        # sudo: what an account has spent is for everybody who sees the account
        usage = self.env["helpdesk.channel.usage"].sudo()
        groups = usage._read_group(
            [("channel_id", "in", self._origin.ids), ("month", "=", month)], ["channel_id"], ["cost:sum"]
        )
        costs = {channel.id: cost for channel, cost in groups}
        for channel in self:
            channel.has_budget = hasattr(providers.load(channel.kind), "PRICES")
            channel.month_cost = costs.get(channel._origin.id, 0.0)
            budget = channel.monthly_budget
            channel.budget_percent = 100 * channel.month_cost / budget if budget > 0 else 0.0
            channel.is_budget_spent = budget > 0 and channel.month_cost >= budget

    def _add_usage(self, counts):
        """Count requests that cost money; nothing happens where the service is free.

        :param dict counts: ``{key of the provider's PRICES: how often}``
        """
        prices = getattr(providers.load(self.kind), "PRICES", None)
        if prices and counts:
            # sudo: counted whoever's request it was
            self.env["helpdesk.channel.usage"].sudo()._add(self, counts, prices)

    def _is_due(self, what, seconds):
        return not self.is_budget_spent and super()._is_due(what, seconds)

    def _keep_page(self, account, raw, records):
        provider = providers.load(self.kind)
        if hasattr(provider, "price_of_page"):
            self._add_usage(provider.price_of_page(records))
        super()._keep_page(account, raw, records)
