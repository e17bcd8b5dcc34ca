import random
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import roster

SHIFTS = (("Pagi", "P", 6, 4), ("Siang", "S", 14, 3), ("Malam", "M", 22, 9))
CYCLE = "P P S S M - -"
# Agents' way of being at work, in minutes after the start and before the end of a shift; None: missing.
HABITS = ((-6, -4), (-2, 0), (3, -2), (0, 25), (-9, 1), (17, 0), (-4, -8), (1, 2), None, (-3, 0), (0, -5), (22, 31))


class HelpdeskRosterDemo(models.AbstractModel):
    """The demo's rosters: two sites, this month and the next, with what waits for somebody."""

    _name = "helpdesk.roster.demo"
    _description = "Roster Demo Data"

    @api.model
    def _load(self):
        """Write the rosters of this month and the next, once."""
        if self.env["helpdesk.shift"].search_count([], limit=1):
            return
        last_mail = self.env["mail.mail"].search([], order="id desc", limit=1).id
        jakarta = self._site("kemenkes_helpdesk.site_jakarta", "kemenkes_helpdesk.team_first_line")
        makassar = self._site("kemenkes_helpdesk.demo_site_makassar", "kemenkes_helpdesk.demo_team_makassar")
        for one in jakarta | makassar:
            one.action_confirm_proposal()
        (jakarta | makassar[:1]).action_publish()
        self._ask(jakarta)
        self._write_presence()
        self.env["helpdesk.adherence"]._measure(self.env["helpdesk.adherence"]._unmeasured())
        # nothing leaves the house
        self.env["mail.mail"].search([("id", ">", last_mail or 0)]).unlink()

    def _site(self, site, team):
        """Shifts, need and two months of a site.

        :return: ``helpdesk.roster``, this month and the next
        """
        site, team = self.env.ref(site), self.env.ref(team)
        self.env["helpdesk.shift"].create(
            [
                {
                    "name": name,
                    "code": code,
                    "site_id": site.id,
                    "start_hour": hour,
                    "color": color,
                    "maximum_agents": 3,
                }
                for name, code, hour, color in SHIFTS
            ]
        )
        pattern = self.env["helpdesk.roster.pattern"].create(
            {"name": "Dua hari tiap giliran", "site_id": site.id, "cycle": CYCLE}
        )
        self._staff(site)
        today = roster.local_day(fields.Datetime.now(), site.timezone)
        following = (today.replace(day=28) + timedelta(days=4)).replace(day=1)
        rosters = self.env["helpdesk.roster"].create(
            [{"site_id": site.id, "month": month} for month in (today, following)]
        )
        agents = team.member_ids.filtered(lambda user: not user.has_group("kemenkes_helpdesk.group_team_leader"))
        for one in rosters:
            self.env["helpdesk.roster.generate"].create(
                {"roster_id": one.id, "pattern_id": pattern.id, "user_ids": [(6, 0, agents.sorted("login").ids)]}
            ).action_propose()
        return rosters

    def _staff(self, site):
        staffing = self.env["helpdesk.staffing"].create(
            {
                "name": "Surel dan formulir",
                "site_id": site.id,
                "target": 80,
                "within_seconds": 900,
                "shrinkage": 25,
                "weeks": 4,
            }
        )
        staffing.action_calculate()

    def _ask(self, rosters):
        """A swap that the colleague agreed to waits for Pusdatin, leave for the leader."""
        leader = self.env.ref("kemenkes_helpdesk.demo_user_ketua1")
        today = roster.local_day(fields.Datetime.now(), rosters[:1].site_id.timezone)
        coming = rosters.assignment_ids.filtered(lambda duty: duty.user_id and duty.date > today + timedelta(days=2))
        coming = coming.sorted("start_date")
        pairs = (
            (duty, other)
            for duty in coming
            for other in coming
            if duty.date == other.date and duty.shift_id != other.shift_id and duty.user_id != other.user_id
        )
        any(self._swapped(leader, duty, other) for duty, other in pairs)
        last = coming[-1:]
        self.env["helpdesk.roster.change"].with_user(last.user_id).create(
            {"kind": "leave", "user_id": last.user_id.id, "date": last.date, "reason": "Acara keluarga di luar kota."}
        )

    def _swapped(self, leader, duty, other):
        """Ask for a swap in the name of ``leader`` and agree to it; False when a rule is against it."""
        try:
            with self.env.cr.savepoint():
                change = (
                    self.env["helpdesk.roster.change"]
                    .with_user(leader)
                    .create(
                        {
                            "kind": "swap",
                            "assignment_id": duty.id,
                            "other_assignment_id": other.id,
                            "reason": "Menyesuaikan jadwal pelatihan produk baru.",
                        }
                    )
                )
        except ValidationError:
            self.env.invalidate_all(flush=False)
            return False
        change.with_user(other.user_id).action_agree()
        return True

    def _write_presence(self):
        """Agents were at work in the shifts of this month that are over, most of them in time."""
        people = self.env["helpdesk.people.demo"]
        chance = random.Random("duties")
        # those of the last hours are at work on the live floor
        latest = fields.Datetime.now() - timedelta(hours=4)
        over = self.env["helpdesk.adherence"]._unmeasured()
        for number, duty in enumerate(over.filtered(lambda duty: duty.stop_date <= latest)):
            habit = HABITS[number % len(HABITS)]
            if habit:
                begun = duty.start_date + timedelta(minutes=habit[0])
                people._work_a_day(duty.user_id, begun, duty.stop_date - timedelta(minutes=habit[1]), chance)
