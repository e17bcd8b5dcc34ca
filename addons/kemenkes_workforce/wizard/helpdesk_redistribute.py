import heapq

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.kemenkes_helpdesk.models.helpdesk_stage import DONE_KINDS, OPEN_KINDS


class HelpdeskRedistribute(models.TransientModel):
    """Moves chosen tickets to other agents, evenly, or back into a queue (R22)."""

    _name = "helpdesk.redistribute"
    _description = "Move Work"

    ticket_ids = fields.Many2many("helpdesk.ticket", string="Tickets", default=lambda self: self._default_tickets())
    ticket_count = fields.Integer("Number of tickets", compute="_compute_ticket_count")
    destination = fields.Selection(
        [("agents", "To agents"), ("queue", "Back into the queue")], required=True, default="agents"
    )
    team_id = fields.Many2one("helpdesk.team", help="Empty: each ticket stays with its team.")
    user_ids = fields.Many2many(
        "res.users", string="Agents", domain=lambda self: self._agent_domain(), help="Who has least gets the next one."
    )

    @api.model
    def _default_tickets(self):
        if self.env.context.get("active_model") != "helpdesk.ticket":
            return self.env["helpdesk.ticket"]
        tickets = self.env["helpdesk.ticket"].browse(self.env.context.get("active_ids", []))
        return tickets.filtered(lambda ticket: ticket.stage_kind not in DONE_KINDS)

    @api.model
    def _agent_domain(self):
        agents = self.env.ref("kemenkes_helpdesk.group_agent")
        return [("share", "=", False), ("all_group_ids", "in", agents.ids)]

    @api.depends("ticket_ids")
    def _compute_ticket_count(self):
        for wizard in self:
            wizard.ticket_count = len(wizard.ticket_ids)

    def action_move(self):
        """Move the tickets; the most urgent ones first, each to the agent who has least at that moment.

        :return: an action that closes the dialog
        :raise UserError: no ticket, or no agent, is chosen
        """
        self.ensure_one()
        if not self.ticket_ids:
            raise UserError(self.env._("Choose open tickets to move."))
        if self.destination == "queue":
            self.ticket_ids._hand_over(self.env["res.users"], self.team_id)
        else:
            for agent, tickets in self._spread().items():
                tickets._hand_over(agent, self.team_id)
        return {"type": "ir.actions.act_window_close"}

    def _spread(self):
        """``{agent: tickets}``, so that all have as much as can be made even without taking more away."""
        if not self.user_ids:
            raise UserError(self.env._("Choose who shall have the tickets."))
        loads = [(load, agent.id) for agent, load in self._loads().items()]
        heapq.heapify(loads)
        shares = dict.fromkeys(self.user_ids, self.env["helpdesk.ticket"])
        for ticket in self.ticket_ids.sorted(self._urgency):
            load, agent_id = heapq.heappop(loads)
            shares[self.env["res.users"].browse(agent_id)] |= ticket
            heapq.heappush(loads, (load + 1, agent_id))
        return {agent: tickets for agent, tickets in shares.items() if tickets}

    @staticmethod
    def _urgency(ticket):
        return (not ticket.next_due_date, ticket.next_due_date or ticket.create_date, ticket.id)

    def _loads(self):
        """Open tickets of the chosen agents, the moved ones left out."""
        # sudo: how much somebody has to do, of all products
        counts = dict(
            self.env["helpdesk.ticket"]
            .sudo()
            ._read_group(
                [
                    ("user_id", "in", self.user_ids.ids),
                    ("stage_kind", "in", OPEN_KINDS),
                    ("id", "not in", self.ticket_ids.ids),
                ],
                ["user_id"],
                ["__count"],
            )
        )
        return {agent: counts.get(agent.sudo(), 0) for agent in self.user_ids}
