from odoo import api, models

STATES = ("looking", "typing", "left")
PRESENCE = "helpdesk.ticket/presence"


class HelpdeskWorkspace(models.AbstractModel):
    """Who else looks at a ticket or writes on it: told from browser to browser, kept nowhere."""

    _inherit = "helpdesk.workspace"

    @api.model
    def announce(self, ticket_id, state, ask=False):
        """Tell those who have the ticket open what the account does there.

        :param str state: one of STATES; anything else is taken for "looking"
        :param bool ask: whether they should tell the same of themselves
        """
        ticket = self._ticket(ticket_id)
        user = self.env.user
        ticket._bus_send(
            PRESENCE,
            {
                "ticket_id": ticket.id,
                "user_id": user.id,
                "name": user.name,
                "state": state if state in STATES else "looking",
                "ask": bool(ask),
            },
        )
