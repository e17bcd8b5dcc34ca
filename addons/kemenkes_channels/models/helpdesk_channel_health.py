from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .. import providers
from ..providers.records import Fault
from ..tools.transport import Transport

# Nothing came in for so long on an account that otherwise hears daily: somebody should look.
SILENT_DAYS = 3
EXPIRY_WARNING_DAYS = 14
# What waits longer than this is a backlog, not work under way.
BACKLOG_MINUTES = 10
FAILED_DAYS = 7

HEALTH = [
    ("good", "In order"),
    ("attention", "Needs attention"),
    ("broken", "Broken"),
    ("paused", "Paused"),
    ("unset", "Not set up"),
]


class HelpdeskChannel(models.Model):
    """How every account is doing, at a glance: what came last, what waits, what failed, when its access ends."""

    _inherit = "helpdesk.channel"

    health = fields.Selection(HEALTH, compute="_compute_health", search="_search_health")
    health_text = fields.Char("What to do", compute="_compute_health")
    last_event_date = fields.Datetime("Last came in", compute="_compute_traffic")
    last_sent_date = fields.Datetime("Last went out", compute="_compute_traffic")
    waiting_count = fields.Integer("Waiting to be worked on", compute="_compute_traffic")
    dead_count = fields.Integer("Failed for good", compute="_compute_traffic")
    queued_count = fields.Integer("Waiting to be sent", compute="_compute_traffic")
    undelivered_count = fields.Integer("Not delivered this week", compute="_compute_traffic")
    media_waiting_count = fields.Integer("Files being fetched", compute="_compute_traffic")
    has_backlog = fields.Boolean("Backlog", compute="_compute_traffic")
    connection_date = fields.Datetime("Connection tested on", readonly=True, copy=False)
    connection_text = fields.Char("What the test found", readonly=True, copy=False)
    can_test = fields.Boolean(compute="_compute_can_test")
    can_subscribe = fields.Boolean(compute="_compute_can_test")

    @api.depends("kind")
    def _compute_can_test(self):
        for channel in self:
            channel.can_test = providers.can(channel.kind, "health_call")
            channel.can_subscribe = providers.can(channel.kind, "subscribe")

    def _compute_traffic(self):
        rows = {row.pop("id"): row for row in self._read_traffic()}
        nothing = dict.fromkeys(
            ("last_event_date", "last_sent_date", "waiting_count", "dead_count", "queued_count", "undelivered_count",
             "media_waiting_count", "has_backlog"), False,
        )  # fmt: skip
        for channel in self:
            channel.update(rows.get(channel._origin.id, nothing))

    def _read_traffic(self):
        """One row per channel; every figure by an index, whatever has come in over the years."""
        now = fields.Datetime.now()
        self.env["helpdesk.inbox.event"].flush_model()
        self.env["helpdesk.outbox.message"].flush_model()
        self.env["helpdesk.media"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT channel.id,
                       (SELECT max(create_date) FROM helpdesk_inbox_event
                         WHERE channel_id = channel.id) AS last_event_date,
                       (SELECT max(sent_date) FROM helpdesk_outbox_message
                         WHERE channel_id = channel.id) AS last_sent_date,
                       coalesce(inbox.waiting, 0) AS waiting_count,
                       coalesce(dead.count, 0) AS dead_count,
                       coalesce(outbox.queued, 0) AS queued_count,
                       coalesce(outbox.failed, 0) AS undelivered_count,
                       coalesce(media.count, 0) AS media_waiting_count,
                       coalesce(inbox.late OR outbox.late, FALSE) AS has_backlog
                  FROM helpdesk_channel AS channel
                  LEFT JOIN (SELECT channel_id, count(*) AS waiting,
                                    bool_or(state = 'new' AND create_date < %(late)s) AS late
                               FROM helpdesk_inbox_event WHERE state IN ('new', 'failed') GROUP BY 1) AS inbox
                         ON inbox.channel_id = channel.id
                  LEFT JOIN (SELECT channel_id, count(*)
                               FROM helpdesk_inbox_event WHERE state = 'dead' GROUP BY 1) AS dead
                         ON dead.channel_id = channel.id
                  LEFT JOIN (SELECT channel_id, count(*) FILTER (WHERE state = 'queued') AS queued,
                                    count(*) FILTER (WHERE state = 'failed' AND write_date > %(week)s) AS failed,
                                    bool_or(state = 'queued' AND create_date < %(late)s) AS late
                               FROM helpdesk_outbox_message WHERE state IN ('queued', 'failed') GROUP BY 1) AS outbox
                         ON outbox.channel_id = channel.id
                  LEFT JOIN (SELECT channel_id, count(*)
                               FROM helpdesk_media WHERE state = 'waiting' GROUP BY 1) AS media
                         ON media.channel_id = channel.id
                 WHERE channel.id = ANY(%(ids)s)
                """,
                ids=self._origin.ids,
                late=now - timedelta(minutes=BACKLOG_MINUTES),
                week=now - timedelta(days=FAILED_DAYS),
            )
        )
        return self.env.cr.dictfetchall()

    @api.depends("is_paused", "pause_reason", "stop_reason", "token_expiry_date", "app_secret", "verify_token", "kind")
    @api.depends_context("lang")
    def _compute_health(self):
        for channel in self:
            channel.health, channel.health_text = channel._judge()

    def _judge(self):
        """``(health, what to do)``: the worst that is to be said comes first."""
        self.ensure_one()
        channel = self.sudo()  # sudo: whether there is a secret is no secret
        if channel.is_paused:
            return "paused", self.env._("Paused by %s. Everything waits.", channel.pause_reason or "?")
        if channel.has_provider and channel.has_webhook and not (channel.app_secret or channel.verify_token):
            return "unset", self.env._("Enter the secret: until then everything that comes in is refused.")
        if channel.stop_reason:
            return "broken", channel.stop_reason
        expiry = channel.token_expiry_date
        now = fields.Datetime.now()
        if expiry and expiry < now:
            return "broken", self.env._("The access has ended. Enter a new token.")
        if channel.dead_count:
            return "attention", self.env._(
                "%s messages could not be worked on. Look at them and work on them again.", channel.dead_count
            )
        if channel.has_backlog:
            return "attention", self.env._("Messages wait longer than %s minutes.", BACKLOG_MINUTES)
        if expiry and expiry < now + timedelta(days=EXPIRY_WARNING_DAYS):
            return "attention", self.env._("The access ends in %s days. Get a new token in time.", (expiry - now).days)
        if (
            channel.has_provider
            and channel.last_event_date
            and channel.last_event_date < now - timedelta(days=SILENT_DAYS)
        ):
            return "attention", self.env._("Nothing has come in for %s days.", (now - channel.last_event_date).days)
        return "good", False

    @api.model
    def _search_health(self, operator, value):
        if operator != "in":
            return NotImplemented
        # few channels, and a figure that changes by the minute
        channels = self.with_context(active_test=True).search([])
        return [("id", "in", channels.filtered(lambda channel: channel.health in value).ids)]

    # TEST

    def action_test_connection(self):
        """Ask the service whether our access holds; show what it says.

        Only reads at the service, so it may be done twice.
        """
        self.ensure_one()
        self.check_access("write")
        health = self.sudo()._test_connection()
        if isinstance(health, Fault):
            words = self.env["helpdesk.outbox.message"]._reason_words()[health.reason]
            return self._show_notice(f"{words} {health.detail}".strip(), "danger")
        return self._show_notice(self.env._("The service knows us as %s.", health.name or self.account_ref), "success")

    def _test_connection(self):
        """:return: :class:`records.Health`, or a :class:`records.Fault`"""
        self.ensure_one()
        account, provider = self._account_with_token(), providers.load(self.kind)
        if isinstance(account, Fault):
            health = account
        else:
            with Transport(account.api_host) as transport:
                health = provider.read_health(account, transport.run(provider.health_call(account)))
        self._note_health(health)
        return health

    def _note_health(self, health):
        if isinstance(health, Fault):
            words = self.env["helpdesk.outbox.message"]._reason_words()[health.reason]
            self.write({"connection_date": fields.Datetime.now(), "connection_text": f"{words} {health.detail}"[:500]})
            if health.stops_account:
                self._stop_sending(health)
            return
        text = health.detail or health.name
        if health.is_subscribed is False:
            text = self.env._("The account does not send its messages to this address yet: register the webhook.")
        values = {"connection_date": fields.Datetime.now(), "connection_text": text or False}
        values.update(stop_reason=False, stop_date=False)
        if health.token_expiry:
            values["token_expiry_date"] = health.token_expiry
        self.write(values)

    def action_subscribe(self):
        """Enter our address at the service."""
        self.ensure_one()
        self.check_access("write")
        channel = self.sudo()
        account, provider = channel._account_with_token(), providers.load(self.kind)
        if not isinstance(account, Fault):
            with Transport(account.api_host) as transport:
                answer = transport.run(provider.subscribe(account, channel.webhook_url))
            account = provider.read_subscribe(account, answer)
        if isinstance(account, Fault):
            words = self.env["helpdesk.outbox.message"]._reason_words()[account.reason]
            return self._show_notice(f"{words} {account.detail}".strip(), "danger")
        return self._show_notice(self.env._("The service sends its messages here from now on."), "success")

    @api.model
    def _cron_check(self):
        """Once a day: does each access still hold, is our address still entered, does a token end soon."""
        channels = self.search([("is_paused", "=", False), ("access_token", "!=", False)])
        for channel in channels.filtered("can_test"):
            channel._test_connection()
            expiry = channel.token_expiry_date
            if expiry and expiry < fields.Datetime.now() + timedelta(days=EXPIRY_WARNING_DAYS):
                channel._tell_keepers(self.env._("The access of %s ends soon. Get a new token in time.", channel.name))
            self.env["ir.cron"]._commit_progress()

    # DEAD LETTERS

    def action_open_dead(self):
        """What of this channel could not be worked on."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("kemenkes_helpdesk.helpdesk_inbox_event_action")
        return {
            **action,
            "domain": [("channel_id", "=", self.id)],
            "context": {"search_default_attention": 1},
        }

    def action_open_undelivered(self):
        """Answers of this channel that did not arrive."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("kemenkes_helpdesk.helpdesk_outbox_message_action")
        return {
            **action,
            "domain": [("channel_id", "=", self.id), ("state", "in", ("queued", "failed"))],
            "context": {},
        }

    def action_replay_dead(self):
        """Work once more on everything of these channels that failed for good."""
        self.check_access("write")
        dead = self.env["helpdesk.inbox.event"].search([("channel_id", "in", self.ids), ("state", "=", "dead")])
        dead.filtered(lambda event: not event.purge_date).action_replay()
        return self._show_notice(self.env._("%s messages are worked on again.", len(dead)), "info")
