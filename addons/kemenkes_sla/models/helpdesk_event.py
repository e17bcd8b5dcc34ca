from odoo import api, fields, models


class HelpdeskEvent(models.Model):
    _inherit = "helpdesk.event"

    # rows of the ledger stay when the addon goes
    kind = fields.Selection(
        selection_add=[
            ("sla_breached", "SLA breached"),
            ("sla_recalculated", "SLA worked out anew"),
            ("sla_excuse_asked", "Excuse of a breach asked for"),
            ("sla_excused", "Breach excused"),
            ("sla_excuse_refused", "Excuse of a breach refused"),
            ("sla_excuse_withdrawn", "Excuse of a breach withdrawn"),
            ("statement_changed", "Contract statement made final or opened again"),
        ],
        ondelete={
            "sla_breached": lambda _rows: None,
            "sla_recalculated": lambda _rows: None,
            "sla_excuse_asked": lambda _rows: None,
            "sla_excused": lambda _rows: None,
            "sla_excuse_refused": lambda _rows: None,
            "sla_excuse_withdrawn": lambda _rows: None,
            "statement_changed": lambda _rows: None,
        },
    )

    @api.model
    def _readers(self):
        # last: rules of the other readers may change what a policy looks at
        return [*super()._readers(), "helpdesk.sla.status"]

    def _describe_data(self):
        """A breach names its target and policy."""
        if self.kind != "sla_breached" or not self.data:
            return super()._describe_data()
        policies = self.env["helpdesk.sla"]
        target = dict(policies._fields["target"]._description_selection(self.env)).get(self.data.get("target"), "")
        return f"{target} ({self._name_records(policies._name, [self.data.get('sla')])})"
