from odoo import fields, models


class HelpdeskBacklogSpan(models.Model):
    """From which day to which an open ticket was with whom: the tickets behind the backlog of any day.

    A day counts by how it ended: ``first_date`` is the first day that ended so, ``end_date`` the first one that did
    not; empty while it goes on.
    """

    _name = "helpdesk.backlog.span"
    _inherit = ["helpdesk.kpi.dimension.mixin"]
    _description = "Open Ticket, from Day to Day"
    _order = "first_date desc, id desc"
    _rec_name = "ticket_id"
    _log_access = False

    ticket_id = fields.Many2one("helpdesk.ticket", required=True, readonly=True, index=True)
    created_date = fields.Date("Created on", required=True, readonly=True)
    first_date = fields.Date("From", required=True, readonly=True)
    end_date = fields.Date("Until", readonly=True)

    _open_idx = models.Index("(first_date) WHERE end_date IS NULL")
    _ended_idx = models.Index("(end_date, first_date) WHERE end_date IS NOT NULL")
