from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

LONGEST_DAYS = 31


class HelpdeskLending(models.Model):
    """An agent who helps another team until a set time (R5, R22).

    While it lasts the agent is a member of that team: what members see and get, the agent sees and gets, within the
    products of the account. The change holds from the agent's next click.
    """

    _name = "helpdesk.lending"
    _description = "Agent Lent to a Team"
    _order = "start_date desc, id desc"
    _rec_name = "user_id"

    user_id = fields.Many2one("res.users", "Agent", required=True, readonly=True, ondelete="restrict")
    team_id = fields.Many2one("helpdesk.team", "Helps", required=True, readonly=True, ondelete="restrict")
    lent_by_id = fields.Many2one("res.users", "Lent by", required=True, readonly=True, ondelete="restrict")
    start_date = fields.Datetime("From", required=True, readonly=True)
    end_date = fields.Datetime("Until", required=True, readonly=True)
    ended_date = fields.Datetime("Ended", readonly=True, help="Empty while it lasts.")

    _open_unique = models.UniqueIndex(
        "(user_id, team_id) WHERE ended_date IS NULL", "This agent helps that team already."
    )
    _end_idx = models.Index("(end_date) WHERE ended_date IS NULL")
    _start_idx = models.Index("(start_date)")
    _end_after_start = models.Constraint("CHECK(end_date > start_date)", "Lending ends after it begins.")

    @api.model
    def lend(self, user_id, team_id, end_date):
        """Lend an agent whom the user watches to a team; who helps it already does so until the new time.

        :param int user_id: the agent
        :param int team_id: any team
        :param str end_date: until when, UTC, at most a month ahead
        :return: id of the lending
        :raise AccessError: the user does not watch that agent
        :raise UserError: the agent is a member anyway, or the time is past or too far
        """
        agent = self.env["helpdesk.monitor"]._watched_agent(user_id)
        team = self.env["helpdesk.team"].browse(team_id)
        return self._lend(agent, team, fields.Datetime.to_datetime(end_date)).id

    def _lend(self, agent, team, end_date):
        now = fields.Datetime.now()
        if not now < end_date <= now + timedelta(days=LONGEST_DAYS):
            raise UserError(self.env._("Lend until a time within the next %s days.", LONGEST_DAYS))
        # sudo: lendings and memberships are the system's; the caller has checked who may lend whom
        lendings = self.sudo()
        running = lendings.search([("user_id", "=", agent.id), ("team_id", "=", team.id), ("ended_date", "=", False)])
        if running:
            running.end_date = end_date
        elif agent in team.sudo().member_ids:
            raise UserError(self.env._("%(agent)s is a member of %(team)s.", agent=agent.name, team=team.name))
        else:
            running = lendings.create(
                {
                    "user_id": agent.id,
                    "team_id": team.id,
                    "lent_by_id": self.env.uid,
                    "start_date": now,
                    "end_date": end_date,
                }
            )
            team.sudo().member_ids = [(4, agent.id)]
        running._note("lent")
        self.env.ref("kemenkes_workforce.ir_cron_lending").sudo()._trigger(at=end_date)
        agent.sudo()._work_changed()
        return running

    def action_end(self):
        """End these lendings now.

        :return: True
        :raise AccessError: the user watches neither an agent nor a team of them
        """
        sites = self.env.user._floor_sites()
        for lending in self:
            if lending.team_id.site_id not in sites:
                self.env["helpdesk.monitor"]._watched_agent(lending.user_id.id)
        self.sudo()._end()  # sudo: checked above
        return True

    @api.model
    def _cron_end(self):
        """End what is over."""
        self.search([("ended_date", "=", False), ("end_date", "<=", fields.Datetime.now())])._end()

    def _end(self):
        running = self.filtered(lambda lending: not lending.ended_date)
        if not running:
            return
        running.ended_date = fields.Datetime.now()
        for team, lendings in running.grouped("team_id").items():
            team.member_ids = [(3, user_id) for user_id in lendings.user_id.ids]
        running._note("lending_ended")
        running.user_id._work_changed()

    def _note(self, kind):
        """The ledger, the agent's screen and the floors hear of it."""
        rows = [
            {
                "kind": kind,
                "target_user_id": lending.user_id.id,
                "team_id": lending.team_id.id,
                "site_id": lending.team_id.site_id.id,
                "data": {"team": lending.team_id.id, "minutes": lending._planned_minutes()},
            }
            for lending in self
        ]
        self.env["helpdesk.event"]._record(rows)
        for lending in self:
            lending._tell_agent(kind)
            for site in lending.team_id.site_id | lending.user_id._work_session().site_id:
                site._tell_floor("helpdesk.floor/lending", lending._floor_payload())

    def _planned_minutes(self):
        return round((self.end_date - self.start_date).total_seconds() / 60)

    def _tell_agent(self, kind):
        agent = self.user_id
        team = self.team_id.with_context(lang=agent.lang)
        speaker = team.env
        until = fields.Datetime.context_timestamp(team.with_context(tz=agent.tz), self.end_date)
        if kind == "lent":
            message = speaker._("You help %(team)s until %(time)s.", team=team.name, time=f"{until:%d/%m %H:%M}")
        else:
            message = speaker._("You no longer help %s. Thank you.", team.name)
        agent._bus_send("simple_notification", {"type": "info", "title": team.name, "message": message})

    def _floor_payload(self):
        """The lending as supervisors' screens are told of it, times UTC."""
        return {
            "id": self.id,
            "user_id": self.user_id.id,
            "user_name": self.user_id.name,
            "team_id": self.team_id.id,
            "end_date": fields.Datetime.to_string(self.end_date),
            "ended": bool(self.ended_date),
        }
