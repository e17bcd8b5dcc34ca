from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.base.models.res_device import STORED_SESSION_BYTES

# How often a browser tells that it is there. A window in the background is woken once a minute at best.
SIGN_SECONDS = 40


class HelpdeskAgentDevice(models.Model):
    """A browser in which an agent is at work, and when it was last heard of.

    Its own table, so that signs of life, which come all the time, never meet the distribution, which locks sessions.
    """

    _name = "helpdesk.agent.device"
    _description = "Device at Work"
    _log_access = False

    session_id = fields.Many2one("helpdesk.agent.session", required=True, ondelete="cascade")
    key = fields.Char(required=True, help="What Odoo keeps of the browser's session, as res.device does.")
    last_seen_date = fields.Datetime(required=True)

    _device_unique = models.UniqueIndex("(session_id, key)", "This device is at work already.")

    @api.model
    def _key_of(self, sid):
        """The part of a session's id that is no secret and stays when the id is changed; see ``res.device.log``."""
        return (sid or "")[:STORED_SESSION_BYTES]

    @api.model
    def _join(self, session, sid):
        """The browser ``sid`` is one of the session's devices from now on."""
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO helpdesk_agent_device (session_id, key, last_seen_date) VALUES (%s, %s, %s)
                ON CONFLICT (session_id, key) DO UPDATE SET last_seen_date = EXCLUDED.last_seen_date
                """,
                session.id,
                self._key_of(sid),
                fields.Datetime.now(),
            )
        )
        self.invalidate_model()

    @api.model
    def _sign(self, session, sid):
        """A sign of life of the browser ``sid``.

        :return: whether it is one of the session's devices
        """
        self.env.cr.execute(
            SQL(
                "UPDATE helpdesk_agent_device SET last_seen_date = %s WHERE session_id = %s AND key = %s",
                fields.Datetime.now(),
                session.id,
                self._key_of(sid),
            )
        )
        known = bool(self.env.cr.rowcount)
        self.invalidate_model(["last_seen_date"])
        return known

    @api.model
    def _others(self, session, sid):
        """Devices of a session beside the browser ``sid`` that are still heard of."""
        recent = fields.Datetime.now() - timedelta(seconds=3 * SIGN_SECONDS)
        return self.search(
            [
                ("session_id", "in", session.ids),
                ("key", "!=", self._key_of(sid)),
                ("last_seen_date", ">=", recent),
            ]
        )

    @api.model
    def _leave(self, sid):
        """The user logs out in the browser ``sid``: work ends, unless it goes on in another one."""
        # sudo: one's own session, which the system keeps
        session = self.env.user.sudo()._work_session()
        if not session:
            return
        devices = self.env[self._name].sudo()
        if not devices._others(session, sid):
            self.env.user._end_work("logged_out")
            return
        devices.search([("session_id", "=", session.id), ("key", "=", self._key_of(sid))]).unlink()
