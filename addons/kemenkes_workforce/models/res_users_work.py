from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.http import request

from .helpdesk_agent_status import OFFLINE


class ResUsers(models.Model):
    """Logging in to work and out of it, and the status meanwhile.

    The methods here write in sudo: sessions and intervals are the system's. Who calls them for another account has
    checked that they may (:meth:`_check_may_direct`).
    """

    _inherit = "res.users"

    # WHO AND WHERE

    def _may_work(self):
        """Whether the account can be at work: agents of any tier, and those above them."""
        self.ensure_one()
        return self.active and not self.share and self.has_group("kemenkes_helpdesk.group_agent")

    def _may_use_several_devices(self):
        """Pusdatin's accounts (L2) on as many as they like, others as their site says (R5, R22)."""
        self.ensure_one()
        site = self.sudo()._work_session().site_id
        return self.has_group("kemenkes_helpdesk.group_expert") or not site.one_device

    def _work_session(self):
        """The open sessions of these accounts; at most one each."""
        return self.env["helpdesk.agent.session"].search([("user_id", "in", self.ids), ("end_date", "=", False)])

    def _work_site(self):
        return self.helpdesk_team_ids[:1].site_id or self.helpdesk_site_ids[:1]

    def _floor_sites(self):
        """The sites whose floor this account may watch."""
        self.ensure_one()
        # sudo: names of one's own sites; team leaders can't read the list of others with access
        sites = self.env["helpdesk.site"].sudo().with_context(active_test=False)
        if self.has_group("kemenkes_helpdesk.group_operation_manager"):
            return sites.search([])
        if not self.has_group("kemenkes_helpdesk.group_team_leader"):
            return sites
        return self.sudo().helpdesk_site_ids | self.sudo().helpdesk_team_ids.site_id

    def _check_may_direct(self):
        """That the current user may set the status of these accounts, or end their work.

        :raise AccessError: only team leaders and above, for agents of the sites that they watch
        """
        # sudo: where somebody works is known to those who direct the floor
        sites = self.env.user._floor_sites()
        for user in self.sudo():
            if user != self.env.user and user._work_session().site_id not in sites:
                raise AccessError(self.env._("%s does not work at a site that you watch.", user.name))

    def _seats_to_choose(self):
        """Seats for the status menu: ``[{"id", "name", "own", "taken_by"}]``, one's own first."""
        self.ensure_one()
        sites = self.helpdesk_site_ids | self.helpdesk_team_ids.site_id
        seats = self.env["helpdesk.seat"].search([("site_id", "in", sites.ids), ("user_id", "in", [False, self.id])])
        sessions = self.env["helpdesk.agent.session"].search_fetch(
            [("seat_id", "in", seats.ids), ("end_date", "=", False)], ["seat_id", "user_id"]
        )
        sitting = {session.seat_id: session.user_id.name for session in sessions if session.user_id != self}
        choices = [
            {
                "id": seat.id,
                "name": seat.name,
                "site": seat.site_id.name,
                "own": seat.user_id == self,
                "taken_by": sitting.get(seat, ""),
            }
            for seat in seats
        ]
        return sorted(choices, key=lambda seat: not seat["own"])

    # FROM START TO END

    def _start_work(self, seat=None):
        """Log these accounts in to work. One that is at work goes on, at the seat given now.

        A browser that asks for it becomes a device of the session; where only one is allowed, it takes over.

        :param seat: ``helpdesk.seat``, one or none
        :return: ``helpdesk.agent.session``, one for each account, sudo
        :raise UserError: the account can't be at work, or the seat is another's
        """
        sessions = self.env["helpdesk.agent.session"].sudo()
        for user in self.sudo():
            user._check_can_start(seat)
            session = user._work_session()
            if not session:
                session = user._create_session(seat)
            elif seat and session.seat_id != seat:
                session._move_to(seat)
            sessions |= session
        if request and self == self.env.user:
            self._take_device(sessions, request.session.sid)
        return sessions

    def _check_can_start(self, seat):
        if not self._may_work():
            raise UserError(self.env._("%s is no agent and can't log in to work.", self.name))
        if not seat:
            return
        if seat.user_id and seat.user_id != self:
            raise UserError(self.env._("Seat %(seat)s belongs to %(user)s.", seat=seat.name, user=seat.user_id.name))
        sitting = self.env["helpdesk.agent.session"].search([("seat_id", "=", seat.id), ("end_date", "=", False)])
        if sitting.user_id - self:
            raise UserError(self.env._("%(user)s sits at %(seat)s already.", user=sitting.user_id.name, seat=seat.name))

    def _create_session(self, seat):
        now = fields.Datetime.now()
        status = self.env["helpdesk.agent.status"]._get_by_kind("ready")
        site = seat.site_id if seat else self._work_site()
        session = self.env["helpdesk.agent.session"].create(
            {
                "user_id": self.id,
                "seat_id": seat.id if seat else False,
                "site_id": site.id,
                "team_id": self.helpdesk_team_ids[:1].id,
                "start_date": now,
                "status_id": status.id,
                "status_kind": status.kind,
                "is_available": status.is_available,
                "status_date": now,
            }
        )
        session._open_interval()
        row = {"kind": "work_started", "site_id": site.id, "team_id": session.team_id.id, **self._done_to()}
        data = {"session": session.id, "seat": session.seat_id.id, "new": status.id}
        self.env["helpdesk.event"]._record([{**row, "data": data}])
        session._tell()
        self._work_changed()
        return session

    def _take_device(self, session, sid):
        devices = self.env["helpdesk.agent.device"].sudo()  # sudo: the system keeps them
        if not self._may_use_several_devices():
            devices.search([("session_id", "=", session.id), ("key", "!=", devices._key_of(sid))]).unlink()
        devices._join(session, sid)

    def _set_status(self, status, reason=None, date=None):
        """Put these accounts, who are at work, into ``status``; the time in the old one ends.

        :param status: ``helpdesk.agent.status``; one that means offline ends the work
        :param reason: ``helpdesk.agent.reason``, one of the status or none
        :param datetime date: since when, naive UTC; now by default, never before the status that ends
        :return: the sessions that changed, sudo
        :raise UserError: not at work, or the reason is missing or another status's
        """
        if status.kind == OFFLINE:
            return self._end_work("agent")
        # sudo: statuses and reasons are read by everybody, sessions written by the system
        status = status.sudo()
        reason = (reason or self.env["helpdesk.agent.reason"]).sudo()
        if reason and reason.status_id != status:
            raise UserError(
                self.env._("%(reason)s is no reason for %(status)s.", reason=reason.name, status=status.name)
            )
        if status.needs_reason and not reason:
            raise UserError(self.env._("Choose a reason for %s.", status.name))
        sessions = self.sudo()._work_session()
        if missing := self - sessions.user_id:
            raise UserError(self.env._("Not logged in to work: %s.", ", ".join(missing.sudo().mapped("name"))))
        changing = sessions.filtered(lambda session: (session.status_id, session.reason_id) != (status, reason))
        changing._change_status(status, reason, date or fields.Datetime.now())
        return changing

    def _end_work(self, reason, date=None):
        """Log these accounts out from work; who is not at work stays so.

        :param str reason: a key of ``END_REASONS``
        :param datetime date: when, naive UTC; now by default, never before the status that ends
        :return: the sessions that ended, sudo
        """
        sessions = self.sudo()._work_session()
        sessions._end(reason, date or fields.Datetime.now())
        return sessions

    def _done_to(self):
        """Columns of the ledger that tell who did it and to whom."""
        if self.id == self.env.uid:
            return {}
        return {"target_user_id": self.id}

    def _work_changed(self):
        """Called, in sudo, when what these accounts can take has changed: extensions hand out or take back work."""

    def write(self, vals):
        result = super().write(vals)
        if "active" in vals and not vals["active"]:
            self._end_work("account")
        return result
