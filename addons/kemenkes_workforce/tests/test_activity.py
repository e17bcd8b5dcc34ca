from datetime import date, datetime, timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.mail.tests.common import freeze_all_time

from .people_common import PeopleCase

DAY = date(2026, 11, 26)
NEXT = date(2026, 11, 27)
NOW = datetime(2026, 11, 27, 3)  # 10:00 in Jakarta


def jakarta(clock):
    """ "9:50" of the 26th in Jakarta, as naive UTC; hours beyond 24 are the next day's."""
    hours, minutes = map(int, clock.split(":"))
    return datetime(2026, 11, 26) + timedelta(hours=hours - 7, minutes=minutes)


class ActivityCase(PeopleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent = cls.users["agent"]
        cls.status = {
            kind: cls.env["helpdesk.agent.status"]._get_by_kind(kind)
            for kind in ("ready", "busy", "wrap_up", "break", "coaching", "away")
        }
        cls.lunch = cls.status["break"].reason_ids[0]

    @classmethod
    def work(cls, user, spells, end, team=None, site=None, goes_on=False):
        """A session: ``[("7:00", "ready"), ...]``, each until the next one begins, the last until ``end``."""
        place = {"team_id": (team or cls.team_l1).id, "site_id": (site or cls.site).id}
        moments = [jakarta(clock) for clock, _kind in spells] + [jakarta(end)]
        session = cls.env["helpdesk.agent.session"].create(
            {
                "user_id": user.id,
                "start_date": moments[0],
                "end_date": False if goes_on else moments[-1],
                "status_id": cls.status[spells[-1][1]].id,
                "status_kind": spells[-1][1],
                "status_date": moments[-2],
                **place,
            }
        )
        for number, (_clock, kind) in enumerate(spells):
            status = cls.status[kind]
            last = number == len(spells) - 1
            cls.env["helpdesk.agent.interval"].create(
                {
                    "session_id": session.id,
                    "user_id": user.id,
                    "status_id": status.id,
                    "kind": kind,
                    "is_available": status.is_available,
                    "is_productive": status.is_productive,
                    "reason_id": cls.lunch.id if kind == "break" else False,
                    "start_date": moments[number],
                    "end_date": False if goes_on and last else moments[number + 1],
                    **place,
                }
            )
        return session

    @classmethod
    def handle(cls, user, ticket, start, stop, day=DAY, **values):
        return cls.env["helpdesk.handling"].create(
            {
                "ticket_id": ticket.id,
                "user_id": user.id,
                "team_id": cls.team_l1.id,
                "site_id": cls.site.id,
                "source": "focus",
                "start": jakarta(start),
                "stop": jakarta(stop),
                "date": day,
                "seconds": int((jakarta(stop) - jakarta(start)).total_seconds()),
                **values,
            }
        )

    def refresh(self, *days, now=NOW):
        with freeze_all_time(now):
            self.env["helpdesk.activity"]._refresh(list(days))

    def row(self, user=None, day=DAY):
        return self.env["helpdesk.activity"].search([("user_id", "=", (user or self.agent).id), ("date", "=", day)])


@tagged("post_install", "-at_install")
class TestActivity(ActivityCase):
    """R25.c.1: what an agent did on a day. The golden numbers were worked out by hand, in minutes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.work(
            cls.agent,
            [("7:00", "ready"), ("9:00", "busy"), ("10:00", "wrap_up"), ("10:10", "break"), ("10:40", "ready"),
             ("12:00", "coaching")],
            "12:30",
        )  # fmt: skip
        cls.work(cls.agent, [("22:00", "ready")], "26:00")
        first, second = cls.create_ticket(), cls.create_ticket()
        cls.handle(cls.agent, first, "9:00", "9:50")
        cls.handle(cls.agent, second, "10:05", "10:20")  # five minutes of it in the wrap-up
        cls.env["helpdesk.handling"].create(
            {
                "ticket_id": first.id, "user_id": cls.agent.id, "team_id": cls.team_l1.id, "site_id": cls.site.id,
                "source": "correction", "date": DAY, "seconds": 300, "reason": "Telephone",
            }
        )  # fmt: skip

    def test_a_day_by_hand(self):
        """R25.c.1: work, standby, breaks, handling, wrap-up, occupancy, utilisation, log-in and log-out."""
        self.refresh(DAY, NEXT)
        row = self.row()
        minutes = {
            "work_seconds": 330 + 120,  # 7:00 to 12:30, 22:00 to midnight
            "duty_seconds": 120 + 60 + 10 + 80 + 120,
            "wrap_up_seconds": 10,
            "break_seconds": 30,
            "training_seconds": 30,
            "away_seconds": 0,
            "productive_seconds": 450 - 30,
            "handling_seconds": 50 + 15 + 5,
            "busy_seconds": 70 + 10 - 5,  # what was worked on in the wrap-up counts once
            "standby_seconds": 390 - 75,
        }
        for name, wanted in minutes.items():
            self.assertEqual(row[name], wanted * 60, name)
        self.assertEqual((row.ticket_count, row.average_handling_seconds), (2, 35 * 60))
        self.assertAlmostEqual(row.occupancy, 100 * 75 / 390)
        self.assertAlmostEqual(row.utilisation, 100 * 75 / 450)
        self.assertEqual((row.team_id, row.site_id), (self.team_l1, self.site))
        self.assertEqual((row.log_in_date, row.log_in_count), (jakarta("7:00"), 2))
        self.assertFalse(row.log_out_date, "the second session went on over midnight")

    def test_midnight(self):
        """R25.c.1: an interval is cut where the day ends at the site; the next day ends with the log-out."""
        self.refresh(DAY, NEXT)
        row = self.row(day=NEXT)
        self.assertEqual(row.work_seconds, 120 * 60)
        self.assertFalse(row.log_in_date)
        self.assertEqual(row.log_out_date, jakarta("26:00"))

    def test_midnight_of_another_zone(self):
        """R23.a.2: in Papua the day ends two hours before Jakarta's."""
        east = self.create_user("east", "group_agent", sites=self.site_east)
        self.work(east, [("21:30", "ready")], "23:00", site=self.site_east)
        self.refresh(DAY, NEXT)
        self.assertEqual(self.row(east).work_seconds, 30 * 60)
        self.assertEqual(self.row(east, NEXT).work_seconds, 60 * 60)

    def test_breaks_by_reason(self):
        self.refresh(DAY)
        rows = self.env["helpdesk.activity.status"].search([("user_id", "=", self.agent.id), ("date", "=", DAY)])
        breaks = rows.filtered(lambda row: row.kind == "break")
        self.assertEqual((breaks.reason_id, breaks.seconds, breaks.times), (self.lunch, 1800, 1))
        ready = rows.filtered(lambda row: row.kind == "ready")
        self.assertEqual((ready.seconds, ready.times), (320 * 60, 3))

    def test_while_it_goes_on(self):
        """Somebody is at work: the row tells how it stands now, and grows with the next refresh."""
        expert = self.users["expert"]
        self.work(expert, [("32:00", "ready")], "33:00", team=self.team_l2, goes_on=True)
        for clock, wanted in (("32:30", 30), ("33:00", 60)):
            self.refresh(NEXT, now=jakarta(clock))
            self.assertEqual(self.row(expert, NEXT).work_seconds, wanted * 60)
        self.assertFalse(self.row(expert, NEXT).log_out_date)

    def test_groups_are_quotients_of_sums(self):
        """A short day does not weigh as much as a long one."""
        other = self.create_user("other", "group_agent")
        self.work(other, [("7:00", "ready")], "8:00")
        self.handle(other, self.create_ticket(), "7:00", "8:00")
        self.refresh(DAY)
        rows = self.row() | self.row(other)
        ((occupancy, handling),) = rows._read_group(
            [("id", "in", rows.ids)], [], ["occupancy:avg", "average_handling_seconds:avg"]
        )
        self.assertAlmostEqual(occupancy, 100 * (75 + 60) / (390 + 60))
        self.assertAlmostEqual(handling, (70 + 60) * 60 / 3)

    def test_two_teams_on_one_day(self):
        """Lent for an hour: the times stand in both teams, what concerns the whole day in one of them."""
        self.work(self.agent, [("14:00", "ready")], "15:00", team=self.team_l2)
        self.refresh(DAY)
        rows = self.row()
        self.assertEqual(len(rows), 2)
        self.assertEqual(sum(rows.mapped("work_seconds")), (450 + 60) * 60)
        self.assertEqual(sum(rows.mapped("handling_seconds")), 70 * 60)
        self.assertEqual(rows.filtered("ticket_count").team_id, self.team_l1)

    def test_handling_without_a_session(self):
        leader = self.users["leader"]
        self.handle(leader, self.create_ticket(), "8:00", "8:30")
        self.refresh(DAY)
        self.assertEqual((self.row(leader).handling_seconds, self.row(leader).work_seconds), (1800, 0))

    def test_the_job_finds_old_corrections(self):
        """R25.c.1: the job makes today and yesterday; a correction of an old day brings that day back."""
        old = DAY - timedelta(days=40)
        with freeze_all_time(NOW):
            self.env["helpdesk.activity"]._cron_refresh()
        self.assertTrue(self.row())
        self.assertFalse(self.row(day=old))
        shift = DAY - old
        late = self.handle(self.agent, self.create_ticket(), "8:00", "8:10", day=old)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE helpdesk_handling SET start = start - %s, stop = stop - %s WHERE id = %s", [shift, shift, late.id]
        )
        with freeze_all_time(NOW):
            self.env["helpdesk.activity"]._cron_refresh()
        self.assertEqual(self.row(day=old).handling_seconds, 600)

    def test_made_again_it_is_the_same(self):
        """Each row can be made again from the source."""
        self.refresh(DAY, NEXT)
        names = [name for name, field in self.row()._fields.items() if field.store and name != "id"]
        before = (self.row() | self.row(day=NEXT)).read(names, load=None)
        with freeze_all_time(NOW):
            self.env["helpdesk.activity"]._rebuild(DAY - timedelta(days=40), NEXT)
        after = (self.row() | self.row(day=NEXT)).read(names, load=None)
        for values in (*before, *after):
            values.pop("id")
        self.assertEqual(before, after)

    def test_who_sees_which(self):
        """R7: agents their own days, leaders their team's, those who measure their sites'."""
        expert = self.users["expert"]
        self.work(expert, [("7:00", "ready")], "8:00", team=self.team_l2)
        self.refresh(DAY)
        both = self.row() | self.row(expert)
        for role, wanted in (
            ("agent", self.row()), ("expert", self.row(expert)), ("leader", self.row()), ("supervisor", both),
            ("quality", both), ("analyst", both), ("operation_manager", both),
        ):  # fmt: skip
            found = self.env["helpdesk.activity"].with_user(self.users[role]).search([("id", "in", both.ids)])
            self.assertEqual(found, wanted, role)
        with self.assertRaises(AccessError):
            self.row().with_user(self.users["operation_manager"]).write({"work_seconds": 1})


@tagged("post_install", "-at_install")
class TestOwnActivity(ActivityCase):
    """R27.c.5: each agent sees their own figures against the targets, while working."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        targets = cls.env["helpdesk.target"]
        targets.search([]).active = False
        cls.general = targets.create({"metric": "handling_time", "goal": 15, "warning_value": 12, "period": "day"})

    def own(self, user=None):
        with freeze_all_time(NOW):
            self.env.invalidate_all()
            return self.env["res.users"].with_user(user or self.agent).get_own_activity()

    def solve(self, minutes, user=None):
        ticket = self.create_ticket(user_id=(user or self.agent).id)
        with freeze_all_time(NOW - timedelta(minutes=1)):
            ticket._go_to("solved", from_kinds=("new", "open"))
        ticket.flush_recordset()
        self.env.cr.execute(
            "UPDATE helpdesk_ticket SET handling_seconds = %s, solved_date = %s WHERE id = %s",
            [minutes * 60, NOW - timedelta(minutes=1), ticket.id],
        )

    def test_figures_are_the_agents_own(self):
        self.solve(10)
        self.solve(60, user=self.users["leader"])
        [target] = self.own()["targets"]
        self.assertEqual((target["state"], target["count"], target["share"]), ("good", 1, 100))
        self.assertIn("10", target["value"])
        self.assertIn("15", target["goal"])
        self.assertEqual(self.own()["today"]["solved_count"], 1)

    def test_the_narrowest_target_counts(self):
        """A target of one's team says more than everybody's, and one's own more than that; others' say nothing."""
        self.solve(10)
        targets = self.env["helpdesk.target"]
        targets.create({"metric": "handling_time", "goal": 1, "period": "day", "team_id": self.team_l2.id})
        self.assertIn("15", self.own()["targets"][0]["goal"])
        targets.create({"metric": "handling_time", "goal": 8, "period": "day", "team_id": self.team_l1.id})
        [target] = self.own()["targets"]
        self.assertEqual((target["state"], target["share"]), ("missed", 80))
        targets.create({"metric": "handling_time", "goal": 20, "period": "day", "user_id": self.agent.id})
        self.assertEqual(self.own()["targets"][0]["state"], "good")

    def test_words_are_kind(self):
        """R27.c.5: what goes well is said first; a figure that is not reached is no blame."""
        words = {self.own()["message"]}
        self.solve(10)
        words.add(self.own()["message"])
        self.general.write({"warning_value": 0, "goal": 5})
        words.add(self.own()["message"])
        self.env["helpdesk.target"].create({"metric": "first_contact_resolution", "goal": 1, "period": "day"})
        words.add(self.own()["message"])
        self.assertGreaterEqual(len(words), 3)
        for sentence in words:
            self.assertNotRegex(sentence.lower(), "fail|bad|poor|gagal|buruk|missed|dilanggar")

    def test_times_of_today_and_the_week(self):
        self.work(self.agent, [("31:00", "ready")], "33:00")
        self.refresh(NEXT)
        activity = self.own()
        self.assertEqual(activity["today"]["work_seconds"], 7200)
        self.assertEqual(len(activity["days"]), 7)
        self.assertEqual(activity["days"][-1]["date"], "2026-11-27")

    def test_agents_only(self):
        with self.assertRaises(AccessError):
            self.own(self.users["viewer"])
        with self.assertRaises(AccessError):
            self.own(self.users["trainer"])
