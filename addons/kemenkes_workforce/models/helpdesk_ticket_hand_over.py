from odoo import models
from odoo.exceptions import UserError

from odoo.addons.kemenkes_helpdesk.models.helpdesk_stage import DONE_KINDS


class HelpdeskTicket(models.Model):
    """Work that a supervisor moves from one agent to another (R22, R23.b.2)."""

    _inherit = "helpdesk.ticket"

    def _hand_over(self, agent, team=None):
        """Give these tickets to ``agent``, or into the queue of ``team``, and tell those whose work it was.

        :param agent: ``res.users``, one, or none: back into the queue
        :param team: ``helpdesk.team``, or None: the team stays
        :raise UserError: a ticket is solved or closed
        """
        done = self.filtered(lambda ticket: ticket.stage_kind in DONE_KINDS)
        if done:
            raise UserError(self.env._("Nothing is left to do on %s.", ", ".join(done.mapped("ticket_ref"))))
        had = self.grouped("user_id")
        moving = self.filtered(lambda ticket: ticket.user_id != agent or (team and ticket.team_id != team))
        values = {"user_id": agent.id}
        if team:
            values["team_id"] = team.id
        # one ticket is written like another, so one write for all
        moving.write(values)
        for former, tickets in had.items():
            if former and former not in (agent, self.env.user):
                (tickets & moving)._tell_taken(former, agent)

    def _tell_taken(self, former, agent):
        if not self:
            return
        # sudo: colleagues' language and screen
        speaker = self.env(context={**self.env.context, "lang": former.sudo().lang})
        references = ", ".join(self[:5].mapped("ticket_ref")) + (" …" if len(self) > 5 else "")
        names = {"user": self.env.user.name, "tickets": references, "agent": agent.name}
        if agent:
            message = speaker._("%(user)s gave %(tickets)s to %(agent)s.", **names)
        else:
            message = speaker._("%(user)s put %(tickets)s back into the queue.", **names)
        former.sudo()._bus_send(
            "simple_notification", {"type": "info", "title": speaker._("Work was moved"), "message": message}
        )
