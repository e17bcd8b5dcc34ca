from odoo import api, fields, models

from .. import providers


class HelpdeskModeration(models.Model):
    """Small signs to the customer: a button is answered, an agent reacts to a message with an emoji."""

    _inherit = "helpdesk.moderation"

    action = fields.Selection(
        selection_add=[("mark_read", "Answer the button"), ("react", "React")],
        ondelete={"mark_read": "cascade", "react": "cascade"},
    )
    text = fields.Char(readonly=True, help="The emoji; none takes the reaction back.")

    @api.model
    def _answer_choices(self, messages):
        """Tell services that wait for it that a button was heard; the customer's app shows a clock until then.

        :param list messages: ``mail.message``, each with its row at the service
        """
        waiting = [
            row.id
            for message in messages
            for row in message.helpdesk_outside_ids
            if row.external_id.startswith("choice:") and self._can(row.channel_id, "mark_read")
        ]
        self._queue_signs([{"outside_id": outside_id, "action": "mark_read"} for outside_id in waiting])

    @api.model
    def _react(self, row, emoji):
        """React to a customer's message, where the service can.

        :param row: ``helpdesk.channel.message``
        :param str emoji: empty takes the reaction back
        """
        if self._can(row.channel_id, "react"):
            self._queue_signs([{"outside_id": row.id, "action": "react", "text": emoji}])

    @api.model
    def _can(self, channel, action):
        provider = providers.load(channel.kind)
        return hasattr(provider, "limits") and action in provider.limits(channel._account()).actions

    @api.model
    def _queue_signs(self, rows):
        if rows:
            self.create(rows)
            self.env.ref("kemenkes_channels.ir_cron_moderation").sudo()._trigger()

    def _outgoing(self):
        outgoing = super()._outgoing()
        return {**outgoing, "text": self.text or "", "recipient": self.outside_id.recipient or ""}

    def _show(self):
        if self.action not in ("mark_read", "react"):
            super()._show()

    def _note_fault(self, fault):
        """A sign that comes too late is no news for the agent."""
        if self.action == "mark_read":
            self.write({"state": "failed", "error": (fault.detail or fault.reason.value)[:500]})
            return
        super()._note_fault(fault)
