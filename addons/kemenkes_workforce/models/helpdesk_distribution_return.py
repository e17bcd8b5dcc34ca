from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .helpdesk_offer import WITHDRAWN
from .helpdesk_team import MANUAL

# Offers and tickets looked at in one go.
BATCH = 500


class HelpdeskDistribution(models.AbstractModel):
    """Back into the queue: offers without an answer, and customers who wait for somebody who is not there."""

    _inherit = "helpdesk.distribution"

    @api.model
    def _take_back(self):
        """What depends on time alone, or on a ticket that changed meanwhile."""
        offers = self.env["helpdesk.offer"]
        ended = offers.search([("state", "=", "open"), ("ticket_id.queue_date", "=", False)], limit=BATCH)
        ended.try_lock_for_update()._answer(WITHDRAWN)
        over = offers.search([("state", "=", "open"), ("expire_date", "<=", fields.Datetime.now())], limit=BATCH)
        over.try_lock_for_update()._expire()
        self._release(self._find_abandoned(), "absent")

    @api.model
    def _withdraw_offers(self, users):
        """Nobody is asked who is not ready any more; their offers go to others at once."""
        sessions = users._work_session().filtered("is_available")
        offers = self.env["helpdesk.offer"].search(
            [("state", "=", "open"), ("user_id", "in", (users - sessions.user_id).ids)]
        )
        offers._answer(WITHDRAWN)
        offers._log("offer_withdrawn")

    @api.model
    def _take_back_from(self, users):
        """What waits with agents who have left, or whose connection is lost, goes to others.

        Tickets whose customer is the one to act stay: who wrote last goes on with them, or :meth:`_find_abandoned`.
        """
        sessions = users._work_session().filtered(lambda session: session.status_kind != "away")
        gone = users - sessions.user_id
        if gone:
            self._release(self.env["helpdesk.ticket"].search(self._waiting_with(gone)), "left")

    @api.model
    def _waiting_with(self, users):
        """Tickets of ``users`` in teams that hand out, that are untouched or whose customer waits for an answer."""
        return (
            Domain("user_id", "in", users.ids)
            & Domain("team_id.distribution_rule", "!=", MANUAL)
            & (
                Domain("stage_kind", "=", "new")
                | (Domain("stage_kind", "=", "open") & Domain("waiting_since", "!=", False))
            )
        )

    @api.model
    def _find_abandoned(self):
        """Tickets whose customer has waited too long for an agent who works here, but not now; locked.

        Who never logs in to work answers when they like: nothing is taken from them.
        """
        self.env["helpdesk.ticket"].flush_model(["user_id", "stage_kind", "waiting_since", "assign_date", "team_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT ticket.id FROM helpdesk_ticket ticket
                  JOIN helpdesk_team team ON team.id = ticket.team_id
                 WHERE ticket.waiting_since IS NOT NULL AND ticket.user_id IS NOT NULL AND ticket.active
                   AND ticket.stage_kind IN ('new', 'open')
                   AND team.distribution_rule != %(manual)s AND team.take_back_minutes > 0
                   AND GREATEST(ticket.waiting_since, ticket.assign_date)
                       <= %(now)s - team.take_back_minutes * interval '1 minute'
                   AND EXISTS (SELECT FROM helpdesk_agent_session WHERE user_id = ticket.user_id)
                   AND NOT EXISTS (SELECT FROM helpdesk_agent_session
                                    WHERE user_id = ticket.user_id AND end_date IS NULL AND status_kind != 'away')
                 LIMIT %(limit)s FOR NO KEY UPDATE OF ticket SKIP LOCKED
                """,
                manual=MANUAL,
                now=fields.Datetime.now(),
                limit=BATCH,
            )
        )
        return self.env["helpdesk.ticket"].browse(row[0] for row in rows)

    @api.model
    def _release(self, tickets, why):
        if not tickets:
            return
        rows = [
            {"kind": "taken_back", "ticket_id": ticket.id, "target_user_id": ticket.user_id.id, "data": {"why": why}}
            for ticket in tickets
        ]
        self.env["helpdesk.event"]._record(rows)
        tickets.with_context(helpdesk_distributing=True).write({"user_id": False})
