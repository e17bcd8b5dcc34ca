from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import providers
from ..providers.records import Fault, Outgoing
from ..tools.transport import Transport

COMMANDS = [("hold", "Put on hold"), ("unhold", "Go on"), ("hangup", "Hang up")]
# What may be asked for while a call is in a state.
ALLOWED = {"ringing": ("hangup",), "talking": ("hold", "hangup"), "held": ("unhold", "hangup")}


class HelpdeskCall(models.Model):
    """Hold, go on and hang up from the screen: the telephone system is asked, and tells what has become of the call.

    As with dialling, a row is sent by a job: nothing outside is asked for in a transaction that may be replayed. What
    the screen shows is what the telephone system says, not what was asked.
    """

    _inherit = "helpdesk.call"

    command = fields.Selection(COMMANDS, "Asked for", readonly=True, copy=False)

    _command_idx = models.Index("(id) WHERE command IS NOT NULL")

    def control(self, command):
        """Ask the telephone system to do something with one's own call.

        :param str command: hold, unhold or hangup
        :raise AccessError: it is somebody else's call
        :raise UserError: the call is in no state for it, or its telephone system takes no commands
        """
        call = self._own_one()
        if command not in call._commands():
            raise UserError(self.env._("The telephone system can't do this with the call now."))
        call.command = command
        self.env.ref("kemenkes_channels.ir_cron_dial").sudo()._trigger()

    def _commands(self):
        """What its agent can ask for now.

        :rtype: list
        """
        self.ensure_one()
        provider = providers.load(self.channel_id.kind)
        if self.is_manual or not self.external_id or not hasattr(provider, "limits"):
            return []
        actions = provider.limits(self.channel_id._account()).actions
        return [command for command in ALLOWED.get(self.state, ()) if command in actions]

    def _prepare_pop(self):
        return {**super()._prepare_pop(), "commands": self._commands()}

    # ASKING

    @api.model
    def _claim_dial(self):
        if call := super()._claim_dial():
            return call
        for call in self.search([("command", "!=", False)], order="id", limit=20):
            if locked := call.try_lock_for_update():
                return locked
        return self.browse()

    def _ask(self):
        if not self.command:
            super()._ask()
            return
        command, self.command = self.command, False
        account, provider = self.channel_id._account_with_token(), providers.load(self.channel_id.kind)
        outgoing = Outgoing(action=command, reference=self._reference(), recipient=self.external_id)
        result = account if isinstance(account, Fault) else provider.build(account, outgoing)
        if not isinstance(result, Fault):
            with Transport(account.api_host) as transport:
                result = provider.read_answer(account, result, transport.run(result))
        if isinstance(result, Fault):
            words = self.env["helpdesk.outbox.message"]._reason_words()[result.reason]
            self.user_id._bus_send(
                "helpdesk.call/refused", {"id": self.id, "reason": f"{words} {result.detail}".strip()}
            )
