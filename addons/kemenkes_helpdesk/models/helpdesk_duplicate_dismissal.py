from odoo import api, fields, models


class HelpdeskDuplicateDismissal(models.Model):
    """Two tickets that somebody has looked at and found to be different cases: they are not proposed again."""

    _name = "helpdesk.duplicate.dismissal"
    _description = "Tickets That Are Not the Same Case"
    _rec_name = "ticket_id"

    ticket_id = fields.Many2one("helpdesk.ticket", required=True, readonly=True, ondelete="cascade")
    other_ticket_id = fields.Many2one(
        "helpdesk.ticket", "Other ticket", required=True, readonly=True, index=True, ondelete="cascade"
    )

    _one_row = models.UniqueIndex("(ticket_id, other_ticket_id)")
    _lower_id_first = models.Constraint("CHECK(ticket_id < other_ticket_id)", "The older ticket comes first.")

    @api.model
    def _dismiss(self, ticket, other):
        """Remember that the two are different cases; once, however often it is said and by whomever.

        :param ticket: ``helpdesk.ticket``, one record
        :param other: ``helpdesk.ticket``, another one
        :return: whether it is news
        """
        older, newer = (ticket | other).sorted("id")
        self.env.cr.execute(
            """
            INSERT INTO helpdesk_duplicate_dismissal
                   (ticket_id, other_ticket_id, create_uid, write_uid, create_date, write_date)
            VALUES (%s, %s, %s, %s, now() at time zone 'UTC', now() at time zone 'UTC')
            ON CONFLICT DO NOTHING
            """,
            [older.id, newer.id, self.env.uid, self.env.uid],
        )
        return bool(self.env.cr.rowcount)
