import random
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from odoo import api, fields, models

from odoo.addons.kemenkes_helpdesk.models.helpdesk_stage import DONE_KINDS

WORKDAYS = 8
LOGIN = "%s@demo.kemenkes.example"
# A working day: how long each status lasts, in minutes, give or take a quarter.
PLAN = (
    ("ready", 95),
    ("busy", 25),
    ("wrap_up", 6),
    ("break", 15),
    ("ready", 80),
    ("busy", 20),
    ("wrap_up", 5),
    ("break", 45),
    ("coaching", 20),
    ("ready", 70),
    ("busy", 30),
    ("wrap_up", 6),
    ("ready", 55),
)
FAULTS = (
    ("agen2", "Headset: suara putus-putus", 3, None, None),
    ("agen6", "Monitor berkedip", 27, None, None),
    ("agen4", "Papan ketik tidak merespons", 50, 9, "action_replaced"),
    ("agen7", "Komputer sangat lambat", 90, 21, "action_repaired"),
    ("agen1", "Kursi rusak", 130, 31, "action_replaced"),
)


class HelpdeskPeopleDemo(models.AbstractModel):
    """Working days of the demo's agents, faults of their equipment, somebody who comes and somebody who leaves."""

    _name = "helpdesk.people.demo"
    _description = "Demo People"

    @api.model
    def _load(self):
        """Tell it once."""
        if self.env["helpdesk.replacement"].search_count([], limit=1):
            return
        self._work()
        self._break_equipment()
        self._come_and_go()
        today = fields.Date.context_today(self)
        self.env["helpdesk.activity"]._rebuild(today - timedelta(days=WORKDAYS + 1), today + timedelta(days=1))

    def _user(self, name):
        return self.env["res.users"].search([("login", "=", LOGIN % name)])

    def _work(self):
        agents = self.env["res.users"].search([("login", "=like", LOGIN % "agen%")], order="login")
        chance = random.Random("working days")
        now = fields.Datetime.now()
        for agent in agents:
            zone = ZoneInfo(agent._work_site().timezone)
            today = now.replace(tzinfo=ZoneInfo("UTC")).astimezone(zone).date()
            for number in range(WORKDAYS, 0, -1):
                day = today - timedelta(days=number)
                if self._is_rostered(agent._work_site(), day):
                    continue
                start = datetime.combine(day, time(7, chance.randrange(25)), zone)
                start = start.astimezone(ZoneInfo("UTC")).replace(tzinfo=None)
                self._work_a_day(agent, start, start + timedelta(hours=8, minutes=chance.randrange(30)), chance)

    def _is_rostered(self, site, day):
        """Whether the demo's roster tells who was at work on that day."""
        return self.env["helpdesk.shift.assignment"].search_count(
            [("site_id", "=", site.id), ("date", "=", day), ("state", "=", "published")], limit=1
        )

    def _work_a_day(self, agent, start, stop, chance):
        """A session from ``start`` to ``stop`` (naive UTC) with the statuses of a day, each a little longer or shorter.

        :param random.Random chance: decides by how much
        """
        statuses = self.env["helpdesk.agent.status"]
        shares = [minutes * chance.uniform(0.75, 1.25) for _kind, minutes in PLAN]
        spells, done = [], 0
        for (kind, _minutes), share in zip(PLAN, shares, strict=True):
            begun = start + (stop - start) * done
            done += share / sum(shares)
            ended = start + (stop - start) * done
            spells.append((statuses._get_by_kind(kind), begun.replace(microsecond=0), ended.replace(microsecond=0)))
        place = {"user_id": agent.id, "team_id": agent.helpdesk_team_ids[:1].id, "site_id": agent._work_site().id}
        last = spells[-1]
        session = self.env["helpdesk.agent.session"].create(
            {
                "start_date": spells[0][1],
                "end_date": last[2],
                "end_reason": "agent",
                "status_id": last[0].id,
                "status_kind": last[0].kind,
                "status_date": last[1],
                **place,
            }
        )
        self.env["helpdesk.agent.interval"].create(
            [
                {
                    "session_id": session.id,
                    "status_id": status.id,
                    "kind": status.kind,
                    "is_available": status.is_available,
                    "is_productive": status.is_productive,
                    "reason_id": status.needs_reason and chance.choice(status.reason_ids).id,
                    "start_date": begun,
                    "end_date": stop,
                    **place,
                }
                for status, begun, stop in spells
            ]
        )

    def _break_equipment(self):
        now = fields.Datetime.now()
        for name, fault, hours, mended_after, action in FAULTS:
            agent = self._user(name)
            request = self.env["maintenance.request"].create(
                {
                    "name": fault,
                    "owner_user_id": agent.id,
                    "helpdesk_site_id": agent.helpdesk_site_ids[:1].id,
                    "reported_date": now - timedelta(hours=hours),
                }
            )
            if action:
                getattr(request, action)()
                request.mended_date = request.reported_date + timedelta(hours=mended_after)

    def _busiest(self):
        """The agent with the most open tickets: there is something to hand over, whatever the day."""
        [(agent, _count), *_others] = self.env["helpdesk.ticket"]._read_group(
            [("user_id.login", "=like", LOGIN % "agen%"), ("stage_kind", "not in", DONE_KINDS)],
            ["user_id"],
            ["__count"],
            order="__count DESC, user_id",
            limit=1,
        )
        return agent

    def _come_and_go(self):
        today = fields.Date.context_today(self)
        site = self.env.ref("kemenkes_helpdesk.site_jakarta")
        coming = self.env["helpdesk.onboarding"].create(
            [
                {"name": "Wulan Maharani", "site_id": site.id, "start_date": today + timedelta(days=5)},
                {"name": "Yusuf Ramli", "site_id": site.id, "start_date": today - timedelta(days=2)},
            ]
        )
        coming[1].task_ids[:3].is_done = True
        leaver = self._busiest()
        leaving = self.env["helpdesk.replacement"].create(
            {
                "user_id": leaver.id,
                "successor_id": (self._user("agen3") - leaver or self._user("agen5")).id,
                "last_day": today + timedelta(days=7),
                "reason": "Pindah domisili",
            }
        )
        if leaving._viewers():
            leaving.action_notify()
