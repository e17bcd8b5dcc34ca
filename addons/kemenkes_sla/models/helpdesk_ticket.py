from odoo import fields, models


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    sla_status_ids = fields.One2many("helpdesk.sla.status", "ticket_id", "Service levels", readonly=True)
