from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError

LIMIT = 10_000


class HelpdeskWebhookReplay(models.TransientModel):
    """Tell another system once more what happened in a span of time, from the ledger."""

    _name = "helpdesk.webhook.replay"
    _description = "Tell Again"

    webhook_id = fields.Many2one("helpdesk.webhook", required=True, ondelete="cascade")
    date_from = fields.Datetime("From", required=True, default=lambda _self: fields.Datetime.now() - timedelta(days=1))
    date_to = fields.Datetime("Until", required=True, default=lambda _self: fields.Datetime.now())
    what = fields.Selection(
        [("failed", "What has failed"), ("missed", "What has failed or was never told"), ("all", "Everything")],
        required=True,
        default="missed",
    )

    def action_replay(self):
        """Queue it.

        :raise UserError: nothing, or too much, lies in the span
        """
        self.ensure_one()
        self.webhook_id.check_access("write")
        count = self._replay_known() + self._replay_missed()
        if not count:
            raise UserError(self.env._("There is nothing to tell in this span of time."))
        self.env.ref("kemenkes_channels.ir_cron_webhook_send").sudo()._trigger()
        return {
            **self.webhook_id.action_open_deliveries(),
            "domain": [("webhook_id", "=", self.webhook_id.id), ("state", "=", "queued")],
        }

    def _replay_known(self):
        states = ("failed", "sent", "withheld") if self.what == "all" else ("failed",)
        events = [event["id"] for event in self._events()]
        known = self.env["helpdesk.webhook.delivery"].search(
            [("webhook_id", "=", self.webhook_id.id), ("state", "in", states), ("event_id", "in", events)]
        )
        known.action_replay()
        return len(known)

    def _replay_missed(self):
        if self.what == "failed":
            return 0
        # what lies before the webhook's beginning is told because somebody asks for it
        webhook = self.webhook_id
        rows = [{**event, "recorded_date": max(event["recorded_date"], webhook.start_date)} for event in self._events()]
        return len(webhook._queue(rows))

    def _events(self):
        """Rows of the ledger in the span, of the kinds that the webhook tells."""
        # sudo: which of them the webhook tells is asked in its account's rights
        events = self.env["helpdesk.event"].sudo()
        found = events.search_read(
            [
                ("kind", "in", self.webhook_id.event_ids.mapped("kind")),
                ("date", ">=", self.date_from),
                ("date", "<=", self.date_to),
                ("ticket_id", "!=", False),
            ],
            ["kind", "recorded_date", "ticket_id"],
            order="id",
            limit=LIMIT + 1,
        )
        if len(found) > LIMIT:
            raise UserError(self.env._("More than %s events lie in this span: choose a shorter one.", LIMIT))
        return [{**event, "ticket_id": event["ticket_id"][0]} for event in found]
