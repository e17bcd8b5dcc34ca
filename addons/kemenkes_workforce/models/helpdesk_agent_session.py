from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.http import request

from .helpdesk_agent_device import SIGN_SECONDS
from .helpdesk_agent_status import AGENT_STATUS_KINDS

END_REASONS = [
    ("agent", "The agent ended it"),
    ("logged_out", "Logged out"),
    ("lost", "Connection lost"),
    ("supervisor", "A supervisor ended it"),
    ("shift", "The shift ended"),
    ("account", "The account was closed"),
]


class HelpdeskAgentSession(models.Model):
    """One log-in to work, from its start to its end, at a seat or without one (R23.b.1, R24.b, R25.a.2).

    Logging in to Odoo is not being at work: supervisors, readers and Pusdatin log in without a session. What the
    agent is doing stands in the intervals; the newest is repeated here for lists and for the distribution.

    Written by :meth:`res.users._start_work`, ``_set_status`` and ``_end_work`` alone. The methods without an
    underscore are the agent's own, called by the browser.
    """

    _name = "helpdesk.agent.session"
    _description = "Agent Session"
    _order = "start_date desc, id desc"
    _rec_name = "user_id"

    user_id = fields.Many2one("res.users", "Agent", required=True, readonly=True, ondelete="restrict")
    seat_id = fields.Many2one("helpdesk.seat", readonly=True, ondelete="restrict", index="btree_not_null")
    site_id = fields.Many2one("helpdesk.site", readonly=True, ondelete="restrict")
    team_id = fields.Many2one("helpdesk.team", readonly=True, ondelete="restrict")
    start_date = fields.Datetime(required=True, readonly=True)
    end_date = fields.Datetime(readonly=True)
    end_reason = fields.Selection(END_REASONS, readonly=True)
    status_id = fields.Many2one("helpdesk.agent.status", required=True, readonly=True, ondelete="restrict")
    status_kind = fields.Selection(AGENT_STATUS_KINDS, "Meaning of the status", required=True, readonly=True)
    is_available = fields.Boolean("Gets new work", readonly=True)
    reason_id = fields.Many2one("helpdesk.agent.reason", readonly=True, ondelete="restrict")
    status_date = fields.Datetime("Status since", required=True, readonly=True)
    last_work_date = fields.Datetime("Last got work", readonly=True)
    interval_ids = fields.One2many("helpdesk.agent.interval", "session_id", "Times")
    device_ids = fields.One2many("helpdesk.agent.device", "session_id", "Devices")
    last_seen_date = fields.Datetime("Last heard of", compute="_compute_last_seen_date")

    _user_open_unique = models.UniqueIndex("(user_id) WHERE end_date IS NULL", "This account is at work already.")
    _seat_open_unique = models.UniqueIndex(
        "(seat_id) WHERE end_date IS NULL AND seat_id IS NOT NULL", "Somebody else sits there already."
    )
    _open_idx = models.Index("(site_id) WHERE end_date IS NULL")
    _user_idx = models.Index("(user_id, start_date)")
    _start_date_idx = models.Index("(start_date)")
    _end_after_start = models.Constraint("CHECK(end_date >= start_date)", "A session ends after it began.")

    def _compute_last_seen_date(self):
        seen = dict(
            self.env["helpdesk.agent.device"]
            .sudo()  # sudo: when a session was heard of belongs to the session
            ._read_group([("session_id", "in", self.ids)], ["session_id"], ["last_seen_date:max"])
        )
        for session in self:
            session.last_seen_date = seen.get(session.sudo())

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("An agent's times are kept for ever."))

    # CALLED BY THE BROWSER, ALWAYS FOR ONESELF

    @api.model
    def get_work(self):
        """What the status menu shows.

        :return: dict: ``may_work`` (whether this account takes part), and then: ``session`` (see :meth:`_to_client`,
            or None), ``joined`` (whether this browser is one of its devices), ``statuses`` and ``seats`` to choose
            from, ``sign_seconds`` (how often to call :meth:`give_sign`), ``now`` (the server's clock, UTC)
        """
        user = self.env.user
        if not user._may_work():
            return {"may_work": False}
        # sudo: one's own session, and what every agent may know of statuses and seats
        session = user.sudo()._work_session()
        return {
            "may_work": True,
            "session": session._to_client() if session else None,
            "joined": session._is_here() if session else False,
            "statuses": self.env["helpdesk.agent.status"].sudo()._to_choose(),
            "seats": user.sudo()._seats_to_choose(),
            "sign_seconds": SIGN_SECONDS,
            "now": fields.Datetime.to_string(fields.Datetime.now()),
        }

    @api.model
    def start_work(self, seat_id=False):
        """Begin work in this browser; on an account that is at work already, this browser joins or takes over.

        :param int seat_id: where one sits
        :return: as :meth:`get_work`
        :raise UserError: the seat is taken or another's, or the account may not work
        """
        seat = self.env["helpdesk.seat"].sudo().browse(seat_id or []).exists()
        self.env.user._start_work(seat)
        return self.get_work()

    @api.model
    def set_status(self, status_id, reason_id=False):
        """Choose a status for oneself.

        :return: as :meth:`get_work`
        :raise UserError: not at work, a status that agents don't choose, or a reason that is missing
        """
        # sudo: statuses and reasons are read by every agent
        status = self.env["helpdesk.agent.status"].sudo().browse(status_id).exists()
        reason = self.env["helpdesk.agent.reason"].sudo().browse(reason_id or []).exists()
        if not status.is_selectable:
            raise UserError(self.env._("This status can't be chosen."))
        self.env.user._set_status(status, reason)
        return self.get_work()

    @api.model
    def end_work(self):
        """Log out from work; waiting work goes to others.

        :return: as :meth:`get_work`
        """
        self.env.user._end_work("agent")
        return self.get_work()

    @api.model
    def give_sign(self):
        """This browser is still there.

        :return: whether it is one in which the account is at work; if not, the menu is to be read anew
        """
        # sudo: one's own session, which the system keeps
        session = self.env.user.sudo()._work_session()
        return bool(session) and session._is_here()

    def _is_here(self):
        """Whether this browser is one of the session's devices.

        It joins them where several are allowed. Where one is, it takes over from browsers that are not heard of any
        more; work that a supervisor or a machine began goes on in the first one.
        """
        self.ensure_one()
        if not request:
            return True
        devices, sid = self.env["helpdesk.agent.device"], request.session.sid
        if devices._sign(self, sid):
            return True
        if devices._others(self, sid) and not self.user_id._may_use_several_devices():
            return False
        self.user_id._take_device(self, sid)
        return True

    # WHAT OTHERS ARE TOLD

    def _to_client(self):
        """The session as its own agent's browser reads it; names in the agent's language, times UTC."""
        self.ensure_one()
        return {
            "id": self.id,
            "status_id": self.status_id.id,
            "status": self.status_id.name,
            "kind": self.status_kind,
            "icon": self.status_id.icon or "fa-circle",
            "color": self.status_id.color,
            "is_available": self.is_available,
            "reason": self.reason_id.name or "",
            "seat": self.seat_id.name or "",
            "since": fields.Datetime.to_string(self.status_date),
            "started": fields.Datetime.to_string(self.start_date),
        }

    def _floor_payload(self):
        """The session as supervisors' screens are told of it: ids and codes only, times UTC.

        :return: dict: ``session_id``, ``user_id``, ``site_id``, ``team_id``, ``seat_id``, ``status_id``, ``kind``,
            ``reason_id`` (ids, or False), ``is_available``, ``since`` (of the status), ``started``, ``ended`` (or
            False)
        """
        self.ensure_one()
        return {
            "session_id": self.id,
            "user_id": self.user_id.id,
            "site_id": self.site_id.id,
            "team_id": self.team_id.id,
            "seat_id": self.seat_id.id,
            "status_id": self.status_id.id,
            "kind": self.status_kind if not self.end_date else "offline",
            "reason_id": self.reason_id.id,
            "is_available": self.is_available and not self.end_date,
            "since": fields.Datetime.to_string(self.end_date or self.status_date),
            "started": fields.Datetime.to_string(self.start_date),
            "ended": self.end_date and fields.Datetime.to_string(self.end_date),
        }

    def _tell(self):
        """One message for each change: to the agent's other windows, and to the floor of the site.

        The supervisors' screens subscribe to the channel ``helpdesk.floor_<site id>`` (``bus_service.addChannel``; who
        may listen: :class:`~.ir_websocket.IrWebsocket`) and get ``helpdesk.floor/agent`` with
        :meth:`_floor_payload`: the change itself, nothing to read again.
        """
        for session in self:
            session.user_id._bus_send("helpdesk.agent/changed", {"session_id": session.id})
            if session.site_id:
                session.site_id._tell_floor("helpdesk.floor/agent", session._floor_payload())
