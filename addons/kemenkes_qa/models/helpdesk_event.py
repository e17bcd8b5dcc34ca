from odoo import api, fields, models


class HelpdeskEvent(models.Model):
    _inherit = "helpdesk.event"

    # rows of the ledger stay when the addon goes
    kind = fields.Selection(
        selection_add=[
            ("evaluation_acknowledged", "Evaluation acknowledged"),
            ("evaluation_disputed", "Evaluation disputed"),
            ("evaluation_decided", "Dispute of an evaluation decided"),
            ("coached", "Coaching"),
            ("certified", "Course passed"),
            ("certificate_expired", "Certificate expired"),
        ],
        ondelete={
            "evaluation_acknowledged": lambda _rows: None,
            "evaluation_disputed": lambda _rows: None,
            "evaluation_decided": lambda _rows: None,
            "coached": lambda _rows: None,
            "certified": lambda _rows: None,
            "certificate_expired": lambda _rows: None,
        },
    )

    @api.model
    def _readers(self):
        readers = super()._readers()
        # no readers: history is being written, nobody is asked about it
        return [*readers, "helpdesk.csat.request"] if readers else readers
