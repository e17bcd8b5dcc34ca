from datetime import timedelta

from odoo import fields, models

from .. import providers
from ..providers.records import Fault
from ..tools.transport import Transport

TOKEN_MARGIN_SECONDS = 300
# What can be wrong with an account so that nothing goes, and who is told, not more often than this.
NOTICE_HOURS = 24


class HelpdeskChannel(models.Model):
    """Whether an account can send: its token, its rest after too many messages, what stands in its way."""

    _inherit = "helpdesk.channel"

    send_after_date = fields.Datetime(readonly=True, copy=False, help="The service asked to wait until then.")
    stop_reason = fields.Char("Can't send because", readonly=True, copy=False)
    stop_date = fields.Datetime(readonly=True, copy=False)
    token_expiry_date = fields.Datetime("Access ends on", copy=False)
    short_token = fields.Char(copy=False, readonly=True, groups="base.group_no_one")
    short_token_date = fields.Datetime(copy=False, readonly=True, help="Until when the token of an hour holds.")

    def write(self, vals):
        if {"access_token", "option_ids", "api_host", "account_ref"} & vals.keys():
            vals = {
                **vals,
                "stop_reason": False,
                "stop_date": False,
                "send_after_date": False,
                "short_token_date": False,
            }
            self.env.ref("kemenkes_helpdesk.ir_cron_outbox").sudo()._trigger()
        return super().write(vals)

    def _stop_sending(self, fault):
        """Nothing of this account goes at present: say so on the channel, and tell its keepers once a day.

        :param fault: :class:`records.Fault`
        """
        self.ensure_one()
        reason = self.env["helpdesk.outbox.message"]._reason_words()[fault.reason]
        now = fields.Datetime.now()
        is_news = not self.stop_date or self.stop_date < now - timedelta(hours=NOTICE_HOURS)
        if not is_news:
            return
        self.write({"stop_reason": f"{reason} {fault.detail}".strip()[:500], "stop_date": now})
        self._tell_keepers(self.env._("%(channel)s can't send: %(reason)s", channel=self.name, reason=reason))

    def _tell_keepers(self, text):
        """A message to those who look after channels.

        :param str text: in plain words
        """
        group = self.env.ref("kemenkes_helpdesk.group_manager")
        keepers = group.sudo().all_user_ids.filtered("active").partner_id
        if keepers:
            self.env["mail.thread"].sudo().message_notify(
                partner_ids=keepers.ids, subject=self.name, body=text, model=self._name, res_id=self.id
            )

    def _token_in_use(self):
        """The token that requests carry: the one of an hour, where the service gives such and it holds."""
        if self.short_token and self.short_token_date and self.short_token_date > fields.Datetime.now():
            return self.short_token
        return self.access_token

    def _account_with_token(self):
        """The account with a token that holds, renewed where the service gives short ones.

        :return: :class:`records.Account`, or a :class:`records.Fault` where none is to be had
        """
        self.ensure_one()
        account, provider = self._account(), providers.load(self.kind)
        if not hasattr(provider, "token_call"):
            return account
        now = fields.Datetime.now()
        margin = timedelta(seconds=getattr(provider, "TOKEN_MARGIN", TOKEN_MARGIN_SECONDS))
        channel = self.sudo()
        if channel.short_token and channel.short_token_date and channel.short_token_date > now + margin:
            return self._account()
        call = provider.token_call(account)
        if call is None:
            return account
        with Transport(account.api_host) as transport:
            answer = transport.run(call)
        token = provider.read_token(account, answer)
        if isinstance(token, Fault):
            return token
        channel._keep_token(token)
        return self._account()

    def _drop_short_token(self):
        """A token of an hour was refused before its time: the next attempt asks for a new one."""
        if self.short_token_date:
            self.short_token_date = False

    def _keep_token(self, token):
        """Commit a token that was renewed: a refresh token that was used up is worth nothing any more."""
        values = {"short_token": token.access_token}
        lives = token.seconds or 10 * 365 * 86400
        values["short_token_date"] = fields.Datetime.now() + timedelta(seconds=lives)
        self.write(values)
        if token.refresh_token:
            option = self.option_ids.filtered(lambda line: line.name == "refresh_token")
            if option:
                option.value = token.refresh_token
        self.env["ir.cron"]._commit_progress()

    def action_pause(self):
        """Hold everything: what comes in is kept and waits, what goes out waits."""
        self.check_access("write")
        # sudo: supervisors may pause, the field is nobody's to type in
        self.sudo().write({"is_paused": True, "pause_reason": self.env.user.name})

    def action_resume(self):
        """Go on after a pause, and after what stood in the way of sending."""
        self.check_access("write")
        # sudo: as above
        self.sudo().write(
            {
                "is_paused": False,
                "pause_reason": False,
                "stop_reason": False,
                "stop_date": False,
                "send_after_date": False,
            }
        )
        for name in ("ir_cron_inbox", "ir_cron_outbox"):
            self.env.ref(f"kemenkes_helpdesk.{name}").sudo()._trigger()
