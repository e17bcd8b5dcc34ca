from odoo import fields, models

STATUS_KINDS = ("status_changed", "work_started", "work_ended")


class HelpdeskEvent(models.Model):
    _inherit = "helpdesk.event"

    # rows of the ledger stay when the addon goes
    kind = fields.Selection(
        selection_add=[
            ("work_started", "Work started"),
            ("work_ended", "Work ended"),
        ],
        ondelete={
            "work_started": lambda _rows: None,
            "work_ended": lambda _rows: None,
        },
    )

    def _describe_data(self):
        """Statuses, seats and reasons by their names."""
        if self.kind not in STATUS_KINDS or not self.data:
            return super()._describe_data()
        data = self.data
        parts = []
        if "new" in data:
            old, new = ([data.get(key)] if data.get(key) else [] for key in ("old", "new"))
            names = self._name_records("helpdesk.agent.status", new)
            parts.append(f"{self._name_records('helpdesk.agent.status', old)} → {names}" if old else names)
        if data.get("reason"):
            parts.append(self._name_records("helpdesk.agent.reason", [data["reason"]]))
        if data.get("seat"):
            parts.append(self._name_records("helpdesk.seat", [data["seat"]]))
        if data.get("end_reason"):
            reasons = self.env["helpdesk.agent.session"]._fields["end_reason"]._description_selection(self.env)
            parts.append(dict(reasons).get(data["end_reason"], data["end_reason"]))
        return ", ".join(parts)
