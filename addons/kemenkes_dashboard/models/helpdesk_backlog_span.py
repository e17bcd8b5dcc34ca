from odoo import fields, models

from odoo.addons.kemenkes_helpdesk.models.helpdesk_team import TIERS


class HelpdeskBacklogSpan(models.Model):
    """From which day to which an open ticket was with whom: the tickets behind the backlog of any day.

    A day counts by how it ended: ``first_date`` is the first day that ended so, ``end_date`` the first one that did
    not; empty while it goes on.
    """

    _name = "helpdesk.backlog.span"
    _description = "Open Ticket, from Day to Day"
    _order = "first_date desc, id desc"
    _rec_name = "ticket_id"
    _log_access = False

    ticket_id = fields.Many2one("helpdesk.ticket", required=True, readonly=True, index=True, ondelete="cascade")
    created_date = fields.Date("Created on", required=True, readonly=True)
    first_date = fields.Date("From", required=True, readonly=True)
    end_date = fields.Date("Until", readonly=True)
    site_id = fields.Many2one("helpdesk.site", readonly=True)
    team_id = fields.Many2one("helpdesk.team", readonly=True)
    user_id = fields.Many2one("res.users", "Agent", readonly=True)
    tier = fields.Selection(TIERS, readonly=True)
    product_id = fields.Many2one("helpdesk.product", readonly=True)
    channel_id = fields.Many2one("helpdesk.channel", readonly=True)
    category_id = fields.Many2one("helpdesk.category", readonly=True)

    _open_idx = models.Index("(first_date) WHERE end_date IS NULL")
    _ended_idx = models.Index("(end_date, first_date) WHERE end_date IS NOT NULL")
