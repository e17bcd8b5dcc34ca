from odoo import fields, models

from odoo.addons.kemenkes_helpdesk.models.helpdesk_target import UNITS


class HelpdeskStatementLine(models.Model):
    """One contract figure of a statement, as it was when the statement was prepared."""

    _name = "helpdesk.statement.line"
    _description = "Contract Statement Line"
    _order = "sequence, id"

    statement_id = fields.Many2one("helpdesk.statement", required=True, readonly=True, ondelete="cascade", index=True)
    sequence = fields.Integer(readonly=True)
    name = fields.Char("Figure", required=True, readonly=True)
    sla_id = fields.Many2one("helpdesk.sla", "Policy", readonly=True, ondelete="set null")
    goal = fields.Float("Target", readonly=True)
    value = fields.Float(readonly=True)
    unit = fields.Selection(UNITS, required=True, readonly=True)
    counted = fields.Integer(readonly=True)
    breached = fields.Integer(readonly=True)
    excused = fields.Integer(readonly=True)
    result = fields.Selection(
        [("reached", "Reached"), ("missed", "Missed"), ("none", "No figure")], required=True, readonly=True
    )

    def _row(self):
        """The line as cells; numbers as numbers."""
        unit = dict(self._fields["unit"]._description_selection(self.env))[self.unit]
        result = dict(self._fields["result"]._description_selection(self.env))[self.result]
        value = "" if self.result == "none" else round(self.value, 2)
        promise = [self.breached, self.excused] if self.sla_id else ["", ""]
        return [self.name, round(self.goal, 2), value, unit, self.counted, *promise, result]

    def action_open_records(self):
        """The promises of the month behind the line.

        :return: an action, or False where the line is no promise
        """
        self.ensure_one()
        if not self.sla_id:
            return False
        start, end = self.statement_id._bounds()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("kemenkes_sla.helpdesk_sla_attainment_action"),
            "domain": [("sla_id", "=", self.sla_id.id), ("date", ">=", start), ("date", "<", end)],
            "views": [(False, "list"), (False, "pivot")],
            "context": {},
        }
