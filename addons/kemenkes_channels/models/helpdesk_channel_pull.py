from datetime import timedelta

from odoo import api, fields, models

from .. import providers
from ..providers.records import Fault, Template
from ..tools.transport import Transport
from .helpdesk_inbox_event import Item

MAX_PAGES = 50
# Templates are not messages: they are read whole, once a day.
TEMPLATES = "templates"


class HelpdeskChannel(models.Model):
    """Asking the service: for reviews, which nobody pushes, for messages that a webhook missed, for templates."""

    _inherit = "helpdesk.channel"

    pull_cursors = fields.Json(
        readonly=True, copy=False, help="Where each kind of question goes on, and when it was put."
    )
    template_ids = fields.One2many("helpdesk.channel.template", "channel_id", "Message templates", readonly=True)
    has_templates = fields.Boolean(compute="_compute_has_templates")
    template_date = fields.Datetime("Templates read on", readonly=True, copy=False)

    @api.depends("kind")
    def _compute_has_templates(self):
        for channel in self:
            pulls = getattr(providers.load(channel.kind), "PULLS", {})
            channel.has_templates = TEMPLATES in pulls

    # INTO THE INBOX

    @api.model
    def _cron_pull(self):
        """Ask each service what is due; one that does not answer is asked again at its next turn."""
        for channel in self.search([("is_paused", "=", False)]).filtered("has_provider"):
            for what, seconds in getattr(providers.load(channel.kind), "PULLS", {}).items():
                if what != TEMPLATES and channel._is_due(what, seconds):
                    channel._pull_into_inbox(what)
                    self.env["ir.cron"]._commit_progress()

    def _is_due(self, what, seconds):
        # sudo: whether there is a token is no secret
        if not self.sudo().access_token and not self.sudo().option_ids.filtered("value"):
            return False
        asked = (self.pull_cursors or {}).get(what, {}).get("date")
        return not asked or fields.Datetime.to_datetime(asked) <= fields.Datetime.now() - timedelta(seconds=seconds)

    def _pull_into_inbox(self, what):
        """Page by page into the inbox, each committed before the next one is asked for.

        :param str what: a key of the provider's ``PULLS``
        """
        self.ensure_one()
        account, provider = self._account_with_token(), providers.load(self.kind)
        cursor = (self.pull_cursors or {}).get(what, {}).get("cursor") or {}
        if isinstance(account, Fault):
            self._note_pull(what, cursor, account)
            return
        with Transport(account.api_host) as transport:
            for _page in range(MAX_PAGES):
                answer = transport.run(provider.pull(account, what, cursor))
                pulled = provider.read_pull(account, what, cursor, answer)
                if isinstance(pulled, Fault):
                    self._note_pull(what, cursor, pulled)
                    return
                cursor = dict(pulled.cursor)
                self._keep_page(account, answer.body, pulled.records)
                self._note_pull(what, cursor)
                self.env["ir.cron"]._commit_progress()
                if not pulled.has_more:
                    return

    def _keep_page(self, account, raw, records):
        """A page is one event of the inbox; one that only makes sense with its question is worked on at once."""
        if not records:
            return
        inbox = self.env["helpdesk.inbox.event"]
        event = inbox._receive(self, raw, external_id=f"pull:{providers.batch_key(records, raw)}")
        read_later = {record.item_key for record in providers.parse(account, raw)}
        if event.state != "new" or read_later == {record.item_key for record in records}:
            return
        items = [Item(event, record, self._of_account(record.channel, record.account_ref)) for record in records]
        event._close(items, event._work_apart(items))

    def _note_pull(self, what, cursor, fault=None):
        now = fields.Datetime.to_string(fields.Datetime.now())
        self.pull_cursors = {**(self.pull_cursors or {}), what: {"cursor": cursor, "date": now}}
        if fault and fault.stops_account:
            self._stop_sending(fault)

    # TEMPLATES

    def _pull(self, what):
        """All pages of something at the service.

        :param str what: a key of the provider's ``PULLS``
        :return: list of records, or a :class:`records.Fault`
        """
        self.ensure_one()
        account, provider = self._account_with_token(), providers.load(self.kind)
        if isinstance(account, Fault):
            return account
        found, cursor = [], {}
        with Transport(account.api_host) as transport:
            for _page in range(MAX_PAGES):
                answer = transport.run(provider.pull(account, what, cursor))
                pulled = provider.read_pull(account, what, cursor, answer)
                if isinstance(pulled, Fault):
                    return pulled
                found += pulled.records
                cursor = pulled.cursor
                if not pulled.has_more:
                    break
        return found

    def _read_templates(self):
        """Take over the templates of the service.

        :return: :class:`records.Fault` where the service did not give them
        """
        self.ensure_one()
        found = self._pull(TEMPLATES)
        if isinstance(found, Fault):
            return found
        templates = self.env["helpdesk.channel.template"].sudo()
        kept = templates._keep(self, [record for record in found if isinstance(record, Template)])
        gone = templates.search([("channel_id", "=", self.id), ("id", "not in", kept.ids)])
        gone.write({"state": "deleted", "active": False})
        self.sudo().template_date = fields.Datetime.now()
        return None

    def action_read_templates(self):
        """Read the templates of the service now."""
        self.ensure_one()
        self.check_access("write")
        fault = self.sudo()._read_templates()
        if fault:
            words = self.env["helpdesk.outbox.message"]._reason_words()[fault.reason]
            return self._show_notice(f"{words} {fault.detail}", "danger")
        count = len(self.template_ids)
        return self._show_notice(self.env._("%s templates are there.", count), "success")

    def _show_notice(self, text, kind):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": text,
                "type": kind,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    @api.model
    def _cron_read_templates(self):
        """Once a day; a service that does not answer is asked the next day."""
        yesterday = fields.Datetime.now() - timedelta(hours=20)
        channels = self.search([("is_paused", "=", False), ("access_token", "!=", False)])
        for channel in channels.filtered("has_templates"):
            if not channel.template_date or channel.template_date < yesterday:
                channel._read_templates()
                self.env["ir.cron"]._commit_progress()
