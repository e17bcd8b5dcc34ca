from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .. import providers
from ..providers.records import Fault, Outgoing, Retry
from ..tools.transport import Transport

# Who clicked wants to talk now: a request that could not be made by then is no request any more.
PATIENCE = timedelta(minutes=1)
AGAIN_SECONDS = 5


class HelpdeskCall(models.Model):
    """Click to dial: the telephone system rings the agent first, then the customer.

    The request is a row that a job sends, as in the outbox: nothing outside is asked for in a transaction that may be
    replayed. Other than a message it is not tried for hours: nobody wants their telephone to ring tomorrow.
    """

    _inherit = "helpdesk.call"

    dial_date = fields.Datetime(readonly=True, copy=False, help="When the telephone system is asked, or asked again.")

    _dial_idx = models.Index("(dial_date, id) WHERE state = 'requested' AND dial_date IS NOT NULL")

    @api.model
    def dial(self, ticket, number=None):
        """Ask for a call with a ticket's customer.

        :param ticket: ``helpdesk.ticket``, one record
        :param str number: another number than the ticket's
        :return: the call
        :raise UserError: no number, no telephone, no line
        :raise AccessError: the account does not talk to customers
        """
        ticket.check_access("write")
        user = self.env.user
        if not user.has_group("kemenkes_helpdesk.group_agent"):
            raise AccessError(self.env._("Your role does not call customers."))
        # sudo: the number is dialled, not shown; lines belong to nobody's rights
        number = self._clean_number(number or ticket.sudo().partner_phone)
        if not number:
            raise UserError(self.env._("There is no telephone number to call."))
        if not user.helpdesk_extension:
            raise UserError(self.env._("Your account has no telephone: an administrator enters its extension."))
        channel = self._line_for(ticket.sudo())
        if not channel:
            raise UserError(self.env._("No telephone line is set up that can call."))
        call = self.sudo().create(
            {
                "channel_id": channel.id,
                "is_manual": False,
                "direction": "out",
                "state": "requested",
                "number": number,
                "partner_id": ticket.sudo().partner_id.id,
                "ticket_id": ticket.id,
                "user_id": user.id,
                "extension": user.helpdesk_extension,
                "dial_date": fields.Datetime.now(),
            }
        )
        self.env.ref("kemenkes_channels.ir_cron_dial").sudo()._trigger()
        call._tell_agents({call: (False, user, ticket)})
        return call

    @api.model
    def _line_for(self, ticket):
        """The line to call from: that of the ticket, else one of its site."""
        lines = self.env["helpdesk.channel"].sudo().search([("kind", "=", "call"), ("api_host", "!=", False)])
        return (lines & ticket.channel_id or lines.filtered(lambda line: line.site_id == ticket.site_id) or lines)[:1]

    def _reference(self):
        """What the telephone system gives back, so that its events find the call we asked for."""
        return f"helpdesk-{self.id}"

    # ASKING

    @api.model
    def _cron_dial(self):
        while call := self._claim_dial():
            call._ask()
            if not self.env["ir.cron"]._commit_progress(1):
                return

    @api.model
    def _claim_dial(self):
        domain = [("state", "=", "requested"), ("dial_date", "<=", fields.Datetime.now())]
        for call in self.search([*domain, ("channel_id.is_paused", "=", False)], order="dial_date, id", limit=20):
            if locked := call.try_lock_for_update():
                return locked
        return self.browse()

    def _ask(self):
        account, provider = self.channel_id._account_with_token(), providers.load(self.channel_id.kind)
        outgoing = Outgoing(
            action="dial", reference=self._reference(), recipient=self.number, target=self.extension or ""
        )
        result = account if isinstance(account, Fault) else provider.build(account, outgoing)
        if not isinstance(result, Fault):
            with Transport(account.api_host) as transport:
                result = provider.read_answer(account, result, transport.run(result))
        if isinstance(result, Fault):
            self._note_dial_fault(result)
            return
        # the event of the same call may have been faster
        self.write({"dial_date": False, "external_id": self.external_id or result.external_id or False})

    def _note_dial_fault(self, fault):
        now = fields.Datetime.now()
        if fault.retry is Retry.LATER and now + timedelta(seconds=AGAIN_SECONDS) < self.start_date + PATIENCE:
            self.dial_date = now + timedelta(seconds=AGAIN_SECONDS)
            self.env.ref("kemenkes_channels.ir_cron_dial")._trigger(at=self.dial_date)
            return
        before = self.state, self.user_id, self.ticket_id
        words = self.env["helpdesk.outbox.message"]._reason_words()[fault.reason]
        self.write(
            {"state": "failed", "dial_date": False, "end_date": now, "reason": f"{words} {fault.detail}".strip()[:500]}
        )
        if fault.stops_account:
            self.channel_id._stop_sending(fault)
        self._tell_agents({self: before})
