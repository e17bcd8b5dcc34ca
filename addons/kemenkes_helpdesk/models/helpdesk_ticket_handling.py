from odoo import api, fields, models
from odoo.tools import SQL

from .helpdesk_stage import DONE_KINDS, OPEN_KINDS


class HelpdeskTicket(models.Model):
    """What an agent does with a ticket: take it, wait, solve, close, open it again."""

    _inherit = "helpdesk.ticket"

    waiting_since = fields.Datetime(
        compute="_compute_waiting_since",
        store=True,
        help="Since when the customer has been waiting for an answer; empty when it is the customer's turn.",
    )

    _waiting_since_idx = models.Index("(waiting_since) WHERE waiting_since IS NOT NULL")

    @api.depends("last_customer_message_date", "last_agent_message_date", "stage_kind", "holder")
    def _compute_waiting_since(self):
        """A second message of the customer doesn't start the wait anew; whom a bot answers waits for nobody."""
        for ticket in self:
            asked = ticket.last_customer_message_date
            answered = ticket.last_agent_message_date
            is_done = ticket.stage_kind in DONE_KINDS or ticket.holder != "people"
            if not asked or is_done or (answered and answered >= asked):
                ticket.waiting_since = False
            elif not ticket.waiting_since or (answered and ticket.waiting_since < answered):
                ticket.waiting_since = asked

    def action_take(self):
        """Make the tickets the current user's; the ones somebody else was quicker to take stay theirs.

        :return: a notification action naming who has what, or True when everything was taken
        """
        self._lock_rows()
        taken = self.filtered(lambda ticket: ticket.user_id and ticket.user_id != self.env.user)
        done = (self - taken).filtered(lambda ticket: ticket.stage_kind in DONE_KINDS)
        free = (self - taken - done).filtered(lambda ticket: ticket.user_id != self.env.user)
        free.write({"user_id": self.env.uid})
        free._start()
        if taken:
            return self._notify(
                "warning",
                self.env._("Somebody was quicker"),
                "\n".join(
                    self.env._("%(ticket)s is with %(agent)s.", ticket=ticket.ticket_ref, agent=ticket.user_id.name)
                    for ticket in taken[:10]
                ),
            )
        return True

    def action_wait_for_customer(self):
        """It is the customer's turn."""
        self._go_to("waiting_customer", from_kinds=OPEN_KINDS)
        return True

    def action_continue(self):
        """Work goes on without waiting any longer."""
        self._go_to("open", from_kinds=("new", "waiting_customer", "waiting_internal"))
        return True

    def action_solve(self):
        """The customer has been helped; a reply opens the ticket again.

        :return: True, or for an incident with open tickets the dialog that solves them too
        """
        if proposal := self._propose_solving_children():
            return proposal
        self._go_to("solved", from_kinds=OPEN_KINDS)
        return True

    def action_close(self):
        """Nothing more will come."""
        self._go_to("closed", from_kinds=(*OPEN_KINDS, "solved"))
        return True

    def action_reopen(self):
        """Solved or closed tickets are worked on again."""
        self._go_to("open", from_kinds=DONE_KINDS)
        return True

    def _start(self):
        self._go_to("open", from_kinds=("new",))

    def _go_to(self, kind, from_kinds):
        """Move the tickets whose stage is of ``from_kinds`` to the first stage of ``kind`` that their team has."""
        moving = self.filtered(lambda ticket: ticket.stage_kind in from_kinds and ticket.stage_kind != kind)
        if moving:
            moving.write({"stage_id": self._stage_of(kind).id})

    def _lock_rows(self):
        """Wait for whoever is writing these tickets, then see what they wrote.

        Odoo works in REPEATABLE READ: when the other one commits first, the lock fails as a serialization
        failure and Odoo plays the whole request again, now with the other's values.
        """
        if not self:
            return
        self.flush_recordset(["user_id", "stage_id"])
        self.env.execute_query(SQL("SELECT id FROM helpdesk_ticket WHERE id IN %s ORDER BY id FOR UPDATE", self._ids))
        self.invalidate_recordset(["user_id", "stage_id"])

    def _notify(self, kind, title, message):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": kind,
                "title": title,
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
