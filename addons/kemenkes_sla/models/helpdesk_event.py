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
        ],
        ondelete={
            "sla_breached": lambda _rows: None,
            "sla_recalculated": lambda _rows: None,
            "sla_excuse_asked": lambda _rows: None,
            "sla_excused": lambda _rows: None,
            "sla_excuse_refused": lambda _rows: None,
            "sla_excuse_withdrawn": lambda _rows: None,
        },
    )

    @api.model
    def _readers(self):
        # last: rules of the other readers may change what a policy looks at
        return [*super()._readers(), "helpdesk.sla.status"]
