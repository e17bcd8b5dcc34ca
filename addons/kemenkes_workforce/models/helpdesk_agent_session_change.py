from odoo import models


class HelpdeskAgentSession(models.Model):
    """From one status to the next; each has its interval, its ledger row and one message to the floor."""

    _inherit = "helpdesk.agent.session"

    def _open_interval(self):
        """Begin the interval of the status that the sessions have now."""
        self.env["helpdesk.agent.interval"].create(
            [
                {
                    "session_id": session.id,
                    "user_id": session.user_id.id,
                    "status_id": session.status_id.id,
                    "kind": session.status_kind,
                    "is_available": session.status_id.is_available,
                    "is_productive": session.status_id.is_productive,
                    "reason_id": session.reason_id.id,
                    "team_id": session.team_id.id,
                    "site_id": session.site_id.id,
                    "start_date": session.status_date,
                }
                for session in self
            ]
        )

    def _close_interval(self, date):
        """End the running intervals.

        :return: ``{session: when}``: no interval ends before it began
        """
        running = self.env["helpdesk.agent.interval"].search([("session_id", "in", self.ids), ("end_date", "=", False)])
        ends = {}
        for interval in running:
            interval.end_date = ends[interval.session_id] = max(date, interval.start_date)
        # before the next one begins: the database lets one be open
        running.flush_recordset(["end_date"])
        return ends

    def _change_status(self, status, reason, date):
        if not self:
            return
        rows = []
        ends = self._close_interval(date)
        for session in self:
            data = {"session": session.id, "old": session.status_id.id, "new": status.id, "meaning": status.kind}
            row = {"kind": "status_changed", "site_id": session.site_id.id, "team_id": session.team_id.id}
            row |= {"date": ends[session], **session.user_id._done_to()}
            rows.append({**row, "data": {**data, "reason": reason.id or 0}})
            session.write(
                {
                    "status_id": status.id,
                    "status_kind": status.kind,
                    "is_available": status.is_available,
                    "reason_id": reason.id,
                    "status_date": ends[session],
                }
            )
        self._open_interval()
        self.env["helpdesk.event"]._record(rows)
        self._tell()
        self.user_id._work_changed()

    def _end(self, reason, date):
        if not self:
            return
        rows = []
        ends = self._close_interval(date)
        for session in self:
            session.write({"end_date": ends[session], "end_reason": reason, "is_available": False})
            row = {"kind": "work_ended", "site_id": session.site_id.id, "team_id": session.team_id.id}
            row |= {"date": ends[session], **session.user_id._done_to()}
            seconds = int((session.end_date - session.start_date).total_seconds())
            rows.append({**row, "data": {"session": session.id, "end_reason": reason, "seconds": seconds}})
        self.device_ids.unlink()
        self.env["helpdesk.event"]._record(rows)
        self._tell()
        self.user_id._work_changed()

    def _move_to(self, seat):
        """Sit at another seat; the floor that is left hears of it too."""
        self.ensure_one()
        left = self.site_id
        self.write({"seat_id": seat.id, "site_id": seat.site_id.id})
        self._tell()
        if left and left != self.site_id:
            left._tell_floor("helpdesk.floor/agent", self._floor_payload())
