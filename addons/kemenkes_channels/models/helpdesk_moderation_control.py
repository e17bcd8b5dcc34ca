from odoo import api, fields, models


class HelpdeskModeration(models.Model):
    """Who holds a conversation at the service: taken back from another application there, or passed to it (R23.c.1).

    Meta's conversation routing: while another application holds a conversation, ours may only watch.
    """

    _inherit = "helpdesk.moderation"

    action = fields.Selection(
        selection_add=[("take_control", "Taking the conversation"), ("pass_control", "Passing the conversation")],
        ondelete={"take_control": "cascade", "pass_control": "cascade"},
    )

    @api.model
    def _route(self, tickets, action):
        """Ask the services of ``tickets`` for their conversations, or to pass them on; where they can.

        :param str action: ``take_control`` or ``pass_control``
        """
        rows = [ticket._last_words_on(ticket.channel_id) for ticket in tickets]
        self._queue_signs(
            [{"outside_id": row.id, "action": action} for row in rows if row and self._can(row.channel_id, action)]
        )

    def _is_routing(self):
        return self.action in ("take_control", "pass_control")

    def _outgoing(self):
        outgoing = super()._outgoing()
        if not self._is_routing():
            return outgoing
        # the other application shows it to whoever looks after it
        return {**outgoing, "target": self.channel_id._handover_target(), "text": self.ticket_id.ticket_ref}

    def _show(self):
        if not self._is_routing():
            super()._show()

    def _note_fault(self, fault):
        """What could not be passed stays with people."""
        super()._note_fault(fault)
        if self.action == "pass_control" and self.state == "failed":
            self.ticket_id.with_context(helpdesk_routed=True)._give_to_people(self.error)
