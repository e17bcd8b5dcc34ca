from odoo import models

WATCHERS_CHANNEL = "helpdesk.ticket"
SAID = "helpdesk.ticket/said"


class HelpdeskTicket(models.Model):
    """A thread on the screen grows by itself: browsers that show a ticket hear that something was said on it.

    They hear ids only and read the rest with their own rights.
    """

    _name = "helpdesk.ticket"
    _inherit = ["helpdesk.ticket", "bus.listener.mixin"]

    def _tell_watchers(self, anew=False):
        """Have the browsers that show these tickets read their messages.

        :param bool anew: also those they have already, for one of them changed
        """
        for ticket in self.browse(dict.fromkeys(ticket._survivor().id for ticket in self)):
            ticket._bus_send(SAID, {"ticket_id": ticket.id, "anew": anew})
