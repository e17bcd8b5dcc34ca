from datetime import timedelta

from odoo import api, models

# Looking at a ticket again within this time is the same look.
SAME_LOOK = timedelta(minutes=5)


class HelpdeskTicket(models.Model):
    """Who looked at a ticket (R27.b.2)."""

    _inherit = "helpdesk.ticket"

    @api.readonly
    def web_read(self, specification):
        result = super().web_read(specification)
        # one ticket with its content is a form; lists read many, many2one fields read the name
        if len(result) == 1 and not specification.keys() <= {"id", "display_name"}:
            self._record_view()
        return result

    def _record_view(self):
        """Note that the environment's user looks at the tickets; controllers of other pages call it.

        Not in the superuser's name: a machine reading is nobody looking.
        """
        if self.env.su:
            return
        self.env["helpdesk.event"]._record(
            [{"kind": "viewed", "ticket_id": ticket_id} for ticket_id in self._not_seen_lately()]
        )

    def _not_seen_lately(self):
        self.env.cr.execute(
            """
            SELECT ticket_id FROM helpdesk_event
             WHERE kind = 'viewed' AND ticket_id = ANY(%s) AND user_id = %s AND date > %s
            """,
            [list(self.ids), self.env.uid, self.env.cr.now() - SAME_LOOK],
        )
        seen = {ticket_id for (ticket_id,) in self.env.cr.fetchall()}
        return [ticket_id for ticket_id in self.ids if ticket_id not in seen]
