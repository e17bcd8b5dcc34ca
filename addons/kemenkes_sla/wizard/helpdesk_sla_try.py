from odoo import fields, models
from odoo.fields import Command

from odoo.addons.kemenkes_helpdesk.tools.working_time import from_seconds, to_seconds

from ..tools.clock import FAILED, ONGOING, PAUSED
from ..tools.facts import REACHED

DAYS = 30
MOST_TICKETS = 10_000
SHOWN = 80


class HelpdeskSlaTry(models.TransientModel):
    """What a policy would have given in the last 30 days, before it is switched on; nothing is changed."""

    _name = "helpdesk.sla.try"
    _description = "Try an SLA Policy"

    sla_id = fields.Many2one("helpdesk.sla", "Policy", required=True, readonly=True)
    ticket_count = fields.Integer("Tickets looked at", readonly=True)
    clock_count = fields.Integer("Clocks", readonly=True)
    reached_count = fields.Integer("Met", readonly=True)
    failed_count = fields.Integer("Breached", readonly=True)
    open_count = fields.Integer("Still running", readonly=True)
    attainment = fields.Float("Attainment in percent", readonly=True)
    goal = fields.Float(related="sla_id.goal")
    line_ids = fields.One2many("helpdesk.sla.try.line", "try_id", "Worst breaches", readonly=True)

    def _run(self):
        """Count, and show the result.

        :return: an action
        """
        clocks = self._work_out(self._sample())
        by_state = {}
        for ticket_id, one in clocks:
            by_state.setdefault(one.state, []).append((ticket_id, one))
        reached, failed = (by_state.get(state, []) for state in (REACHED, FAILED))
        self.write(
            {
                "clock_count": len(clocks),
                "reached_count": len(reached),
                "failed_count": len(failed),
                "open_count": sum(len(by_state.get(state, [])) for state in (ONGOING, PAUSED)),
                "attainment": 100 * len(reached) / (len(reached) + len(failed)) if reached or failed else 0,
                "line_ids": [Command.create(self._prepare_line(*pair)) for pair in self._worst(failed)],
            }
        )
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("kemenkes_sla.helpdesk_sla_try_action"),
            "res_id": self.id,
        }

    def _sample(self):
        """The newest tickets of the last 30 days that the account sees."""
        since = fields.Datetime.subtract(fields.Datetime.now(), days=DAYS)
        tickets = self.env["helpdesk.ticket"].search(
            [("create_date", ">=", since)], order="create_date desc", limit=MOST_TICKETS
        )
        self.ticket_count = len(tickets)
        return tickets

    def _work_out(self, tickets):
        """``[(ticket id, Clock)]`` under the policy as it stands in the form, and no other."""
        # sudo: counted from the ledger, of tickets that the account sees
        status = self.env["helpdesk.sla.status"].sudo()
        policy = self.env["helpdesk.sla.version"]._make_policy(self.sla_id.id, 0, self.sla_id._definition())
        book = [[(0, None, policy)]]
        clocks = status._work_out(tickets.sudo(), to_seconds(self.env.cr.now()), book)
        return [(ticket_id, one) for ticket_id, ticket_clocks in clocks.items() for one in ticket_clocks]

    def _worst(self, failed):
        """By how long after its due time each ended, those that still run by now."""
        now = to_seconds(self.env.cr.now())

        def late(pair):
            clock = pair[1]
            return now - clock.due if clock.ended is None else clock.ended - clock.due

        return sorted(failed, key=late, reverse=True)[:SHOWN]

    def _prepare_line(self, ticket_id, one):
        return {
            "ticket_id": ticket_id,
            "deadline": from_seconds(one.due) if one.due is not None else False,
            "end_date": from_seconds(one.ended) if one.ended is not None else False,
            "late_seconds": max(one.elapsed - one.policy.seconds, 0),
        }
