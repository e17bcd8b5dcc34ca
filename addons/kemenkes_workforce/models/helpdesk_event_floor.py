from odoo import api, fields, models


class HelpdeskEvent(models.Model):
    _inherit = "helpdesk.event"

    # rows of the ledger stay when the addon goes
    kind = fields.Selection(
        selection_add=[
            ("whispered", "Whispered to an agent"),
            ("lent", "Lent to a team"),
            ("lending_ended", "Lending ended"),
            ("threshold_crossed", "Threshold crossed"),
        ],
        ondelete={
            "whispered": lambda _rows: None,
            "lent": lambda _rows: None,
            "lending_ended": lambda _rows: None,
            "threshold_crossed": lambda _rows: None,
        },
    )

    @api.model
    def _readers(self):
        readers = super()._readers()
        # nobody watches while history is written
        return [*readers, "helpdesk.monitor"] if readers else readers

    def _describe_data(self):
        """Teams and thresholds by their names."""
        if self.kind in ("lent", "lending_ended") and self.data:
            return self._name_records("helpdesk.team", [self.data.get("team")])
        if self.kind == "threshold_crossed" and self.data:
            return self._name_records("helpdesk.threshold", [self.data.get("threshold")])
        return super()._describe_data()
