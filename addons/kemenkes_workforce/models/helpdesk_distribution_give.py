from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import distribution
from .helpdesk_distribution_plan import to_seconds


class HelpdeskDistribution(models.AbstractModel):
    """From decisions to tickets that have an agent, or are offered to one."""

    _inherit = "helpdesk.distribution"

    @api.model
    def _distribute(self):
        """One whole run inside this transaction.

        :return: how many tickets were handed out
        """
        system = self.with_context(helpdesk_distributing=True).sudo()  # sudo: the system hands out
        return system._apply(system._plan())

    @api.model
    def _apply(self, decisions):
        """Carry out what was decided, as far as it still holds: nobody took the ticket, or left, meanwhile.

        :param list decisions: :class:`~..tools.distribution.Decision`
        :return: how many held
        """
        if not decisions:
            return 0
        waiting = self._claim_tickets([decision.work.id for decision in decisions])
        sessions = self._claim_sessions({decision.agent for decision in decisions})
        standing = [decision for decision in decisions if decision.work.id in waiting]
        now = to_seconds(fields.Datetime.now())
        holding = distribution.confirm(standing, self._read_agents(sessions), now)
        self._hand_out(holding, {session.user_id.id: session for session in sessions})
        return len(holding)

    @api.model
    def _claim_tickets(self, ids):
        """Which of these tickets still wait, locked; those that somebody is writing are passed over."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id FROM helpdesk_ticket ticket
                 WHERE id = ANY(%s) AND queue_date IS NOT NULL
                   AND NOT EXISTS (SELECT FROM helpdesk_offer WHERE ticket_id = ticket.id AND state = 'open')
              ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
                """,
                ids,
            )
        )
        return {row[0] for row in rows}

    @api.model
    def _claim_sessions(self, user_ids):
        """The sessions of these agents who are still ready, locked; who is leaving is passed over."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id FROM helpdesk_agent_session
                 WHERE user_id = ANY(%s) AND end_date IS NULL AND is_available
              ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
                """,
                list(user_ids),
            )
        )
        return self.env["helpdesk.agent.session"].browse(row[0] for row in rows)

    @api.model
    def _hand_out(self, decisions, session_by_user):
        if not decisions:
            return
        tickets = self.env["helpdesk.ticket"].browse(decision.work.id for decision in decisions)
        asked, given = [], []
        for decision, ticket in zip(decisions, tickets, strict=True):
            (asked if ticket.team_id._asks(decision.is_live) else given).append((decision, ticket))
        self.env["helpdesk.event"]._record(self._explain(asked, "offered"))
        self._offer(asked, session_by_user)
        self._give(given)
        sessions = self.env["helpdesk.agent.session"].union(
            *(session_by_user[decision.agent] for decision in decisions)
        )
        sessions.write({"last_work_date": fields.Datetime.now()})

    @api.model
    def _offer(self, pairs, session_by_user):
        now = fields.Datetime.now()
        offers = self.env["helpdesk.offer"].create(
            [
                {
                    "ticket_id": ticket.id,
                    "user_id": decision.agent,
                    "session_id": session_by_user[decision.agent].id,
                    "team_id": ticket.team_id.id,
                    "site_id": ticket.site_id.id,
                    "product_id": ticket.product_id.id,
                    "channel_id": ticket.channel_id.id,
                    "offered_date": now,
                    "expire_date": now + timedelta(seconds=ticket.team_id.ring_seconds),
                }
                for decision, ticket in pairs
            ]
        )
        offers._tell()

    @api.model
    def _give(self, pairs):
        by_agent = {}
        for decision, ticket in pairs:
            by_agent.setdefault(decision.agent, []).append(ticket.id)
        tickets = self.env["helpdesk.ticket"].browse(ticket.id for _decision, ticket in pairs)
        escalations = self._waiting_escalations(tickets)
        with tickets._log_in_one(self._explain(pairs, "distributed")) as writable:
            for user_id, ticket_ids in by_agent.items():
                self._assign(writable.browse(ticket_ids), self.env["res.users"].browse(user_id), escalations)
        for user_id, ticket_ids in by_agent.items():
            user = self.env["res.users"].browse(user_id)
            user._bus_send("helpdesk.agent/given", {"count": len(ticket_ids), "ticket_id": ticket_ids[0]})

    @api.model
    def _waiting_escalations(self, tickets):
        return tickets._current_escalations().filtered(lambda escalation: escalation.state == "waiting")

    @api.model
    def _assign(self, tickets, user, escalations):
        """``tickets`` are ``user``'s; an escalation among them is accepted with that, as by the user's own click.

        :param escalations: those of all tickets that are being given, see :meth:`_waiting_escalations`
        """
        # the screen tells: a mail for each ticket would be one more inbox
        tickets = tickets.with_context(mail_auto_subscribe_no_notify=True, helpdesk_distributing=True)
        accepted = escalations.filtered(lambda escalation: escalation.ticket_id in tickets)
        escalated = tickets & accepted.ticket_id.with_env(tickets.env)
        if escalated:
            accepted._set_accepted(user)
            escalated.write({"user_id": user.id, "stage_id": escalated._stage_of("open").id})
            accepted._show_waiting()
        (tickets - escalated).write({"user_id": user.id})

    @api.model
    def _explain(self, pairs, kind):
        """Rows for the ledger, which keeps why each ticket went where it went."""
        now = fields.Datetime.now()
        return [
            {
                "kind": kind,
                "ticket_id": ticket.id,
                "target_user_id": decision.agent,
                "data": {
                    "why": decision.why,
                    "candidates": decision.candidates,
                    "load": decision.load,
                    "count": decision.count,
                    "score": decision.score,
                    "next": decision.next_agent or 0,
                    "next_load": decision.next_load,
                    "waited": int((now - ticket.queue_date).total_seconds()),
                    "left_out": decision.left_out,
                },
            }
            for decision, ticket in pairs
        ]
