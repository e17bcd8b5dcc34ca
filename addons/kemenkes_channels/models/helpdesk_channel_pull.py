from datetime import timedelta

from odoo import api, fields, models

from .. import providers
from ..providers.records import Fault, Template
from ..tools.transport import Transport

MAX_PAGES = 50


class HelpdeskChannel(models.Model):
    """Asking the service for its templates."""

    _inherit = "helpdesk.channel"

    template_ids = fields.One2many("helpdesk.channel.template", "channel_id", "Message templates", readonly=True)
    has_templates = fields.Boolean(compute="_compute_has_templates")
    template_date = fields.Datetime("Templates read on", readonly=True, copy=False)

    @api.depends("kind")
    def _compute_has_templates(self):
        for channel in self:
            pulls = getattr(providers.load(channel.kind), "PULLS", {})
            channel.has_templates = "templates" in pulls

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
        found = self._pull("templates")
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
