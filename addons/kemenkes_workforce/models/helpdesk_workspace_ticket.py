from odoo import api, fields, models


class HelpdeskWorkspace(models.AbstractModel):
    """What supervisors see of the agent who has a ticket, to listen, whisper and take over (R23.b.2)."""

    _inherit = "helpdesk.workspace"

    @api.model
    def _prepare_workspace_ticket(self, tickets):
        prepared = super()._prepare_workspace_ticket(tickets)
        sites = self.env.user._floor_sites()
        for ticket in tickets:
            prepared[ticket.id]["directed_agent"] = bool(sites) and self._prepare_directed_agent(ticket.user_id, sites)
        return prepared

    @api.model
    def _prepare_directed_agent(self, agent, sites):
        """Who may be directed by the user, and what they do.

        :param sites: ``helpdesk.site`` that the user watches
        :return: ``{"id", "name", "status", "kind", "icon", "since"}``; False where the user doesn't watch the agent
        """
        if not agent or agent == self.env.user:
            return False
        # sudo: where somebody works decides who watches them; what they do is known to who does
        known = agent.sudo()
        session = known._work_session()
        if not (session.site_id | known.helpdesk_team_ids.site_id) & sites:
            return False
        return {
            "id": agent.id,
            "name": agent.name,
            "status": session.status_id.name or "",
            "kind": session.status_kind or "offline",
            "icon": session.status_id.icon or "fa-power-off",
            "since": fields.Datetime.to_string(session.status_date),
        }
