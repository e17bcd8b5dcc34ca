from datetime import timedelta

from odoo import fields, models

# UU 13/2003, article 79: half an hour at least after four hours of work without a pause.
WORK_HOURS, BREAK_MINUTES = 4, 30


class HelpdeskAgentSession(models.Model):
    """When the agent's next break is due, and how long the duty goes on."""

    _inherit = "helpdesk.agent.session"

    def _to_client(self):
        """Besides: ``break_by`` (a break begins then at the latest, False during one), ``duty_end`` (or False); UTC."""
        duty_end = self._duty_end()
        return {
            **super()._to_client(),
            "break_by": fields.Datetime.to_string(self._break_by(duty_end)),
            "duty_end": fields.Datetime.to_string(duty_end),
        }

    def _break_by(self, duty_end):
        if self.status_kind == "break":
            return None
        long_enough = [
            ("session_id", "=", self.id),
            ("kind", "=", "break"),
            ("duration_seconds", ">=", BREAK_MINUTES * 60),
        ]
        last = self.interval_ids.search(long_enough, order="end_date desc", limit=1)
        due = (last.end_date or self.start_date) + timedelta(hours=WORK_HOURS)
        # nobody needs a break after the end
        return None if duty_end and due >= duty_end else due

    def _duty_end(self):
        """The end of the duty that goes on, by the published roster."""
        now = fields.Datetime.now()
        duty = self.env["helpdesk.shift.assignment"].search(
            [
                ("user_id", "=", self.user_id.id),
                ("date", ">=", fields.Date.subtract(now.date(), days=1)),
                ("date", "<=", fields.Date.add(now.date(), days=1)),
                ("start_date", "<=", now),
                ("stop_date", ">", now),
                ("state", "=", "published"),
            ],
            limit=1,
        )
        return duty.stop_date
