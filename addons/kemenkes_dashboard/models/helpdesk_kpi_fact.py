from odoo import fields, models


class HelpdeskKpiFact(models.Model):
    """What one ticket adds to the figures of a day: the tickets behind each number, without remainder.

    Made anew for a ticket whenever something happens to it (:mod:`.helpdesk_kpi`); nobody writes it by hand.
    """

    _name = "helpdesk.kpi.fact"
    _inherit = ["helpdesk.kpi.mixin"]
    _description = "Figures of a Ticket on a Day"
    _order = "date desc, id desc"
    _rec_name = "ticket_id"
    _log_access = False

    ticket_id = fields.Many2one("helpdesk.ticket", required=True, readonly=True, index=True)

    _date_idx = models.Index("(date, site_id)")
