from odoo import fields, models


class HelpdeskSlaTryLine(models.TransientModel):
    _name = "helpdesk.sla.try.line"
    _description = "Breach in a Trial of an SLA Policy"
    _order = "late_seconds desc, id"

    try_id = fields.Many2one("helpdesk.sla.try", required=True, ondelete="cascade", index=True)
    ticket_id = fields.Many2one("helpdesk.ticket", required=True, readonly=True, ondelete="cascade")
    deadline = fields.Datetime("Due", readonly=True)
    end_date = fields.Datetime("Ended", readonly=True)
    late_seconds = fields.Integer("Late by", readonly=True)
