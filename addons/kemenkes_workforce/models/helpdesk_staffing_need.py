from odoo import api, fields, models

WEEKDAYS = [
    ("0", "Monday"),
    ("1", "Tuesday"),
    ("2", "Wednesday"),
    ("3", "Thursday"),
    ("4", "Friday"),
    ("5", "Saturday"),
    ("6", "Sunday"),
]


class HelpdeskStaffingNeed(models.Model):
    """Agents that a queue needs in one half hour of the week, by the clock of its site."""

    _name = "helpdesk.staffing.need"
    _description = "Need of Agents in Half an Hour"
    _order = "staffing_id, weekday, slot"
    _rec_name = "time"

    staffing_id = fields.Many2one("helpdesk.staffing", required=True, readonly=True, ondelete="cascade")
    site_id = fields.Many2one(related="staffing_id.site_id", store=True, index=True)
    weekday = fields.Selection(WEEKDAYS, required=True, readonly=True)
    slot = fields.Integer("Number of the half hour", required=True, readonly=True, aggregator=None)
    time = fields.Char("From", compute="_compute_time")
    arrivals = fields.Float(readonly=True, digits=(12, 2), help="Average of the weeks looked at.")
    at_work = fields.Integer("Agents at work", readonly=True, aggregator="max", help="Erlang C.")
    agents = fields.Integer("Agents on the roster", readonly=True, aggregator="max", help="With shrinkage.")

    _once = models.UniqueIndex("(staffing_id, weekday, slot)")

    @api.depends("slot")
    def _compute_time(self):
        for need in self:
            need.time = f"{need.slot // 2:02}:{need.slot % 2 * 30:02}"
