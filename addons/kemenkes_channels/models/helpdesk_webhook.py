import json
from ast import literal_eval
from datetime import timedelta

from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..tools import open_api, outgoing_webhook

READER = "webhook"
BATCH_SIZE = 1000
# So long a receiver may take to learn a new secret.
ROTATION_TIME = timedelta(hours=24)
# A receiver that has answered nothing for so long is left alone until somebody looks.
PATIENCE = timedelta(days=3)
TEST_TYPE = "webhook.test"


class HelpdeskWebhook(models.Model):
    """Another system that is told what happens to tickets (R23.c.2).

    What is told of a ticket is what the account of the webhook may see of it, at the moment it is told: tickets that it
    may not see are not told of, personal data is masked as for the account.
    """

    _name = "helpdesk.webhook"
    _description = "Outgoing Webhook"
    _order = "name, id"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    url = fields.Char("Address", required=True, help="Begins with https:// and leads into the public internet.")
    user_id = fields.Many2one(
        "res.users",
        "Account",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
        help="Told is what this account may see, personal data masked as for it.",
    )
    responsible_id = fields.Many2one(
        "res.users",
        "Tell of faults",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
    )
    event_ids = fields.Many2many("helpdesk.webhook.event", string="Events")
    ticket_domain = fields.Char(
        "Which tickets", required=True, default="[]", help="Empty: every ticket that the account may see."
    )
    secret = fields.Char(
        copy=False,
        readonly=True,
        required=True,
        default=lambda _self: outgoing_webhook.make_secret(),
        groups="kemenkes_helpdesk.group_manager",
        help="The receiver checks the signature with it (Standard Webhooks).",
    )
    previous_secret = fields.Char(copy=False, readonly=True, groups="kemenkes_helpdesk.group_manager")
    previous_secret_end = fields.Datetime("Old secret signs until", copy=False, readonly=True)
    start_date = fields.Datetime(
        "Tells since", copy=False, readonly=True, required=True, default=lambda self: self.env.cr.now()
    )
    state = fields.Selection(
        [("active", "Active"), ("paused", "Paused")], required=True, default="active", readonly=True, copy=False
    )
    pause_reason = fields.Char(readonly=True, copy=False)
    failing_since = fields.Datetime("Failing since", readonly=True, copy=False)
    delivery_ids = fields.One2many("helpdesk.webhook.delivery", "webhook_id", "Deliveries")
    waiting_count = fields.Integer("Waiting", compute="_compute_counts")
    failed_count = fields.Integer("Failed", compute="_compute_counts")

    @api.constrains("url")
    def _check_url(self):
        for webhook in self:
            if not outgoing_webhook.is_allowed_address(webhook.url):
                raise ValidationError(
                    self.env._("The address must begin with https:// and hold no password: %s", webhook.url)
                )

    @api.constrains("ticket_domain", "user_id")
    def _check_ticket_domain(self):
        for webhook in self:
            try:
                webhook._chosen_tickets().validate(self.env["helpdesk.ticket"])
                webhook._tickets_seen([0])
            except Exception as error:
                raise ValidationError(self.env._("Which tickets: this can't be read.")) from error

    def _compute_counts(self):
        counts = {
            (webhook.id, state): count
            for webhook, state, count in self.env["helpdesk.webhook.delivery"]._read_group(
                [("webhook_id", "in", self.ids), ("state", "in", ("queued", "failed"))],
                ["webhook_id", "state"],
                ["__count"],
            )
        }
        for webhook in self:
            webhook.waiting_count = counts.get((webhook.id, "queued"), 0)
            webhook.failed_count = counts.get((webhook.id, "failed"), 0)

    @api.model_create_multi
    def create(self, vals_list):
        webhooks = super().create(vals_list)
        self.env["helpdesk.event.cursor"]._begin_now(READER)
        self.env.registry.clear_cache()
        return webhooks

    def write(self, vals):
        result = super().write(vals)
        if {"active", "event_ids"} & vals.keys():
            self.env.registry.clear_cache()
        return result

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    # WHAT IS TOLD

    @api.model
    @tools.ormcache()
    def _wanted_kinds(self):
        # sudo: asked whoever's action it is
        return frozenset(self.sudo().search([]).event_ids.mapped("kind"))

    @api.model
    def _read_events(self, events):
        """The ledger has new rows: what is to be told is told as soon as they are committed."""
        wanted = self._wanted_kinds()
        if not wanted or not any(event["kind"] in wanted for event in events):
            return
        cron = self.env.ref("kemenkes_channels.ir_cron_webhook_collect").sudo()
        # one call among many is enough
        called = [("cron_id", "=", cron.id), ("call_at", "<=", fields.Datetime.now())]
        if not self.env["ir.cron.trigger"].sudo().search_count(called, limit=1):
            cron._trigger()

    @api.model
    def _cron_collect(self):
        while self._collect():
            if not self.env["ir.cron"]._commit_progress(1):
                break
        self.env.ref("kemenkes_channels.ir_cron_webhook_send")._trigger()

    @api.model
    def _collect(self):
        """Make deliveries of the next rows of the ledger.

        :return: how many rows were read
        """
        webhooks = self.search([])
        if not webhooks:
            return 0
        events = self.env["helpdesk.event.cursor"]._consume(READER, BATCH_SIZE)
        webhooks._queue(events)
        return len(events)

    def _queue(self, events):
        """Queue what each webhook tells of these rows, each once.

        :param list events: rows of the ledger as dicts
        """
        values = []
        for webhook in self:
            kinds = set(webhook.event_ids.mapped("kind"))
            told = [
                event
                for event in events
                if event["kind"] in kinds and event["ticket_id"] and event["recorded_date"] >= webhook.start_date
            ]
            seen = webhook._tickets_seen({event["ticket_id"] for event in told})
            values += [
                {"webhook_id": webhook.id, "event_id": event["id"], "ticket_id": event["ticket_id"],
                 "event_type": webhook._type_of(event["kind"]), "next_attempt_date": self.env.cr.now()}
                for event in told
                if event["ticket_id"] in seen
            ]  # fmt: skip
        return self.env["helpdesk.webhook.delivery"]._queue(values)

    def _type_of(self, kind):
        return self.event_ids.filtered(lambda event: event.kind == kind)[:1].code

    def _tickets_seen(self, ticket_ids):
        """Which of the tickets this webhook tells of.

        :return: set of ids
        """
        self.ensure_one()
        account = self.user_id
        if not account.active:
            return set()
        tickets = self.env["helpdesk.ticket"].with_user(account).sudo(False).with_context(active_test=False)
        return set(tickets.search(Domain("id", "in", list(ticket_ids)) & self._chosen_tickets()).ids)

    def _chosen_tickets(self):
        """The form's choice of tickets, as a ``Domain``.

        :raise ValueError: it can't be read
        """
        return Domain(literal_eval(self.ticket_domain or "[]"))

    def _prepare_body(self, delivery):
        """What is sent: the state of things as the account sees them now.

        :param delivery: ``helpdesk.webhook.delivery`` of this webhook
        :return: bytes, None where the account sees the ticket no more
        """
        self.ensure_one()
        if not delivery.event_id:
            return _dump(TEST_TYPE, delivery.create_date, {})
        if delivery.ticket_id.id not in self._tickets_seen([delivery.ticket_id.id]):
            return None
        # sudo: the row says what happened, in codes and numbers
        event = self.env["helpdesk.event"].sudo().browse(delivery.event_id)
        account = self.user_id
        api_model = self.env["helpdesk.api"].with_user(account).sudo(False).with_context(lang=account.lang)
        ticket = api_model.env["helpdesk.ticket"].browse(delivery.ticket_id.id)
        data = {
            "event_id": event.id,
            "user": {"id": event.user_id.id, "name": event.user_id.name or ""},
            "details": event.data or {},
            "ticket": api_model._serialize_tickets(ticket)[0],
        }
        messages = api_model.env["mail.message"].search([("id", "=", event.message_id.id)])
        if messages:
            data["message"] = api_model._serialize_messages(messages)[0]
        return _dump(delivery.event_type, event.date, data)

    def _secrets(self):
        """The secrets that sign now, the newest first."""
        webhook = self.sudo()  # sudo: the machine signs, whoever lets it
        now = fields.Datetime.now()
        is_rotating = webhook.previous_secret and (webhook.previous_secret_end or now) > now
        return [webhook.secret, webhook.previous_secret] if is_rotating else [webhook.secret]

    # HOW IT FARES

    def _note_success(self):
        if self.failing_since:
            self.failing_since = False

    def _note_failure(self, gone):
        """One more request that failed.

        :param bool gone: the receiver said that it wants no more
        """
        now = fields.Datetime.now()
        if not self.failing_since:
            self.failing_since = now
        if self.state != "active":
            return
        if gone:
            self._pause(self.env._("The receiver answered that it is gone for good (410)."))
        elif self.failing_since <= now - PATIENCE:
            self._pause(self.env._("No delivery has succeeded for 3 days."))

    def _pause(self, reason):
        self.write({"state": "paused", "pause_reason": reason})
        webhook = self.with_context(lang=self.responsible_id.lang)
        self.responsible_id._notify_in_one(
            webhook.env._("Webhook paused: %s", self.name),
            [reason, webhook.env._("What happens meanwhile is kept and told when it goes on.")],
        )

    # WHAT ADMINISTRATORS DO

    def action_pause(self):
        """Tell nothing until :meth:`action_resume`; what happens meanwhile waits."""
        self.write({"state": "paused", "pause_reason": self.env._("Paused by %s.", self.env.user.name)})

    def action_resume(self):
        """Go on, with what has waited first."""
        self.write({"state": "active", "pause_reason": False, "failing_since": False})
        self.env.ref("kemenkes_channels.ir_cron_webhook_send").sudo()._trigger()

    def action_rotate_secret(self):
        """Make a new secret; the old one goes on signing beside it for a day."""
        self.ensure_one()
        self.check_access("write")
        self.write(
            {
                "previous_secret": self.secret,
                "previous_secret_end": fields.Datetime.now() + ROTATION_TIME,
                "secret": outgoing_webhook.make_secret(),
            }
        )

    def action_test(self):
        """Send a message of type ``webhook.test`` and show what became of it."""
        self.ensure_one()
        self.check_access("write")
        if self.state == "paused":
            raise UserError(self.env._("The webhook is paused: let it go on first."))
        delivery = self.env["helpdesk.webhook.delivery"]._queue(
            [{"webhook_id": self.id, "event_id": 0, "event_type": TEST_TYPE, "next_attempt_date": self.env.cr.now()}]
        )
        self.env.ref("kemenkes_channels.ir_cron_webhook_send").sudo()._trigger()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Delivery"),
            "res_model": "helpdesk.webhook.delivery",
            "res_id": delivery.id,
            "views": [(False, "form")],
        }

    def action_open_deliveries(self):
        """The log of this webhook."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Deliveries"),
            "res_model": "helpdesk.webhook.delivery",
            "views": [(False, "list"), (False, "form")],
            "domain": [("webhook_id", "=", self.id)],
        }


def _dump(event_type, date, data):
    told = {"type": event_type, "timestamp": open_api.format_moment(date), "data": data}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
