from odoo import models

from .helpdesk_stage import OPEN_KINDS


class HelpdeskTicket(models.Model):
    """Asking for an agent: where a waiting customer and whoever hands out the work meet."""

    _inherit = "helpdesk.ticket"

    def _ask_for_agent(self):
        """Somebody waits on this ticket for a person, such as a visitor of a live chat.

        An addon that distributes work overrides this: its answer may be nobody yet, and then comes later as the row
        ``assigned`` of the ledger. Without one, the member of the team who is online and has the fewest open tickets
        gets it.

        :return: ``res.users``, the agent who has the ticket now, or none
        """
        self.ensure_one()
        if self.user_id:
            return self.user_id
        # sudo: who is online and how busy is found out for the customer, who has no rights on it
        ticket = self.sudo()
        online = ticket.team_id.member_ids.filtered(lambda user: not user.share and user.im_status == "online")
        busy = dict(
            ticket._read_group(
                [("user_id", "in", online.ids), ("stage_kind", "in", OPEN_KINDS)], ["user_id"], ["__count"]
            )
        )
        ticket.user_id = min(online, key=lambda user: (busy.get(user, 0), user.id), default=online)
        return ticket.user_id.sudo(self.env.su)
