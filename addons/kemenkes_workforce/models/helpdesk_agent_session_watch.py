from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL


class HelpdeskAgentSession(models.Model):
    """What happens to those who are not heard of any more."""

    _inherit = "helpdesk.agent.session"

    @api.model
    def _cron_watch(self):
        """Set those away who are not heard of any more, and end the work of those who stay away.

        Late or early, the result is the same: dates come from the last sign of life, never from the job.
        """
        silent = self._find_silent()
        away = self.env["helpdesk.agent.status"]._get_by_kind("away")
        for session, seen in silent.items():
            lost = seen + timedelta(seconds=session.site_id.away_seconds)
            leaves = lost + timedelta(minutes=session.site_id.leave_minutes)
            if session.status_kind != "away":
                session.user_id._set_status(away, date=lost)
            if session.site_id.leave_minutes and leaves <= fields.Datetime.now():
                session.user_id._end_work("lost", date=leaves)

    @api.model
    def _find_silent(self):
        """``{session: last sign of life}`` of those that were not heard of for longer than their site allows.

        A session that no browser has ever been seen in is a supervisor's or a machine's: nobody is waited for.
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT session.id, max(device.last_seen_date)
                  FROM helpdesk_agent_session session
                  JOIN helpdesk_site site ON site.id = session.site_id
                  JOIN helpdesk_agent_device device ON device.session_id = session.id
                 WHERE session.end_date IS NULL
              GROUP BY session.id, site.id
                HAVING max(device.last_seen_date) < %(now)s - site.away_seconds * interval '1 second'
                """,
                now=fields.Datetime.now(),
            )
        )
        return {self.browse(session_id): seen for session_id, seen in rows}
