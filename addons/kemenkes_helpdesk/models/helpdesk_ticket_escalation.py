from odoo import fields, models
from odoo.exceptions import UserError


class HelpdeskTicket(models.Model):
    """Hand-over to the next tier and back; the customer keeps one conversation."""

    _inherit = "helpdesk.ticket"

    def escalate(self, team, reason):
        """Hand tickets to a team of a higher tier.

        :param team: ``helpdesk.team``, one record
        :param str reason: why, for the receiving team and the reports
        :return: the ``helpdesk.escalation`` records, one for each ticket
        :raise UserError: no reason, or the team is not of a higher tier
        """
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the ticket is escalated."))
        for ticket in self:
            if team.tier <= ticket.tier:
                raise UserError(self.env._("%(team)s is not of a higher tier than the ticket.", team=team.name))
        escalations = self.env["helpdesk.escalation"].create(
            [
                {
                    "ticket_id": ticket.id,
                    "from_team_id": ticket.team_id.id,
                    "to_team_id": team.id,
                    "from_tier": ticket.tier,
                    "to_tier": team.tier,
                    "from_user_id": ticket.user_id.id or self.env.uid,
                    "reason": reason,
                }
                for ticket in self
            ]
        )
        self.write({"team_id": team.id, "user_id": False, "stage_id": self._stage_of("waiting_internal").id})
        self._log("escalated", data={"team": team.id})
        return escalations

    def _stage_of(self, kind):
        return self.env["helpdesk.stage"]._get_by_kind(kind)
