from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .roster_common import MONDAY, RosterCase

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestRosterChange(RosterCase):
    """R3: leave, swaps, and Pusdatin's approval of changes to a published roster."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.duty = cls.assign(cls.ani, cls.morning, MONDAY)
        cls.other = cls.assign(cls.budi, cls.evening, MONDAY + DAY)
        cls.viewer = cls.users["viewer"]
        cls.leader = cls.users["leader"]

    def told(self, user, since):
        return self.env["mail.message"].search_count(
            [("id", ">", since.id), ("partner_ids", "in", user.partner_id.ids), ("subject", "like", "Roster")]
        )

    def last_message(self):
        return self.env["mail.message"].search([], order="id desc", limit=1)

    def test_swap_before_publishing(self):
        """R3: a leader asks, the colleague agrees; nothing is published, so it is done."""
        change = self.ask("swap", assignment_id=self.duty.id, other_assignment_id=self.other.id)
        self.assertEqual(change.state, "colleague")
        change.with_user(self.budi).action_agree()
        self.assertEqual(change.state, "done")
        self.assertEqual((self.duty.user_id, self.other.user_id), (self.budi, self.ani))
        self.assertIn("Test agent (Morning, Monday, 2 March 2026) swaps with Test agent2", change.display_name)

    def test_swap_of_a_published_roster_waits_for_pusdatin(self):
        """R3: agent asks, colleague agrees, leader decides, Pusdatin approves, is told, and is on record."""
        self.publish()
        change = self.ask("swap", "agent", assignment_id=self.duty.id, other_assignment_id=self.other.id)
        self.assertEqual(change.state, "colleague")
        for user, step in ((self.leader, "approve"), (self.ani, "agree"), (self.budi, "approve")):
            with self.assertRaises(AccessError):
                getattr(change.with_user(user), f"action_{step}")()
        change.with_user(self.budi).action_agree()
        self.assertEqual(change.state, "leader")
        with self.assertRaises(AccessError):
            change.with_user(self.ani).action_approve()
        before = self.last_message()
        change.with_user(self.leader).action_approve()
        self.assertEqual(change.state, "pusdatin")
        self.assertEqual(self.duty.user_id, self.ani)
        self.assertTrue(self.duty.waiting_change)
        self.assertEqual(self.told(self.viewer, before), 1)
        with self.assertRaises(AccessError):
            change.with_user(self.leader).approve_as_pusdatin()
        before = self.last_message()
        change.with_user(self.viewer).approve_as_pusdatin()
        self.assertEqual((change.state, change.decided_by_id), ("done", self.viewer))
        self.assertEqual((self.duty.user_id, self.other.user_id), (self.budi, self.ani))
        self.assertEqual([self.told(user, before) for user in (self.ani, self.budi)], [1, 1])
        rows = self.env["helpdesk.event"].sudo().search([("kind", "=", "roster_change")], order="id")
        self.assertEqual([row.data["state"] for row in rows], ["colleague", "leader", "pusdatin", "done"])
        self.assertEqual(rows[-1].user_id, self.viewer)

    def test_pusdatin_refuses_with_a_reason(self):
        """R3: without a reason nothing is refused; refused, nothing changes."""
        self.publish()
        change = self.ask("replace", assignment_id=self.duty.id, user_id=self.citra.id)
        self.assertEqual(change.state, "pusdatin")
        with self.refuse("Say why", UserError):
            change.with_user(self.viewer).refuse_as_pusdatin("  ")
        before = self.last_message()
        change.with_user(self.viewer).refuse_as_pusdatin("Too short notice")
        self.assertEqual((change.state, change.refusal), ("refused", "Too short notice"))
        self.assertEqual(self.duty.user_id, self.ani)
        self.assertEqual(self.told(self.leader, before), 1)
        with self.refuse("waits for no approval", UserError):
            change.with_user(self.viewer).approve_as_pusdatin()

    def test_viewers_of_other_sites(self):
        """R3: Pusdatin's viewers decide for their sites."""
        self.publish()
        change = self.ask("replace", assignment_id=self.duty.id, user_id=self.citra.id)
        foreign = self.create_user("foreign", "group_pusdatin_viewer", sites=self.site_east)
        self.assertFalse(change.with_user(foreign).search([]))
        with self.assertRaises(AccessError):
            change.with_user(foreign).approve_as_pusdatin()

    def test_leave_uncovers(self):
        """R3: leave takes the agent off duty, shows what is uncovered, and keeps them off afterwards."""
        change = self.ask("leave", "agent", user_id=self.ani.id, date=MONDAY, last_date=MONDAY + 2 * DAY)
        self.assertEqual(change.state, "leader")
        before = self.uncovered(self.morning)
        change.with_user(self.leader).action_approve()
        self.assertEqual(change.state, "done")
        self.assertFalse(self.duty.exists())
        self.assertEqual(self.uncovered(self.morning), before + 1)
        with self.refuse("Test agent is on leave on Tuesday, 3 March 2026"):
            self.assign(self.ani, self.morning, MONDAY + DAY)
        self.assign(self.ani, self.morning, MONDAY + 3 * DAY)

    def test_a_leader_s_own_leave_is_decided_by_another(self):
        change = self.ask("leave", user_id=self.leader.id, date=MONDAY)
        self.assertEqual(change.state, "leader")
        with self.assertRaises(AccessError):
            change.with_user(self.leader).action_approve()
        change.with_user(self.users["supervisor"]).action_approve()
        self.assertEqual(change.state, "done")

    def test_rules_are_checked_when_it_is_asked_for(self):
        """R3: what breaks a rule is refused with its sentence before anybody has to decide; nothing is left of it."""
        self.publish()
        late = self.assign_published(self.ani, self.night, MONDAY + DAY)
        with self.refuse("only 8 hours of rest"):
            self.ask("move", assignment_id=self.duty.id, shift_id=self.evening.id, date=MONDAY + 2 * DAY)
        self.assertEqual((self.duty.shift_id, self.duty.date), (self.morning, MONDAY))
        self.assertEqual(late.user_id, self.ani)

    def assign_published(self, agent, shift, day):
        change = self.ask("add", user_id=agent.id, shift_id=shift.id, date=day)
        change.with_user(self.viewer).approve_as_pusdatin()
        return self.env["helpdesk.shift.assignment"].search(
            [("user_id", "=", agent.id), ("shift_id", "=", shift.id), ("date", "=", day)]
        )

    def test_rules_are_checked_again_when_it_is_carried_out(self):
        """R3: what became impossible while it waited is refused then."""
        self.publish()
        change = self.ask("replace", assignment_id=self.duty.id, user_id=self.citra.id)
        leave = self.ask("leave", user_id=self.citra.id, date=MONDAY)
        self.assertEqual(leave.state, "done")
        with self.refuse("is on leave"):
            change.with_user(self.viewer).approve_as_pusdatin()

    def test_fewest_agents_of_a_published_shift(self):
        """R3: a change that leaves a shift with too few is refused; naming somebody else is the way."""
        self.publish()
        for kind, values in (("remove", {}), ("move", {"shift_id": self.evening.id, "date": MONDAY})):
            with self.refuse("Morning on Monday, 2 March 2026 would have 0 agents; the fewest are 1"):
                self.ask(kind, assignment_id=self.duty.id, **values)
        change = self.ask("replace", assignment_id=self.duty.id, user_id=self.citra.id)
        change.with_user(self.viewer).approve_as_pusdatin()
        self.assertEqual(self.duty.user_id, self.citra)

    def test_adding_covers(self):
        """R3: an agent put on an uncovered shift of a published roster covers it."""
        self.publish()
        before = self.uncovered(self.night)
        duty = self.assign_published(self.citra, self.night, MONDAY)
        self.assertEqual(duty.state, "published")
        self.assertEqual(self.uncovered(self.night), before - 1)

    def test_agents_ask_for_their_own(self):
        """R3: leave and swaps of one's own; other changes are the leader's to ask for."""
        self.publish()
        for kind, values in (
            ("leave", {"user_id": self.budi.id, "date": MONDAY}),
            ("swap", {"assignment_id": self.other.id, "other_assignment_id": self.duty.id}),
            ("remove", {"assignment_id": self.duty.id}),
        ):
            with self.refuse("Agents ask for leave and swaps of their own", AccessError):
                self.ask(kind, "agent", **values)

    def test_what_is_missing_is_named(self):
        for kind, sentence in (
            ("leave", "its first day"),
            ("swap", "a duty of each"),
            ("replace", "who takes it over"),
            ("move", "the shift and day it moves to"),
            ("add", "the agent, the shift and the day"),
            ("remove", "the duty that is taken off"),
        ):
            with self.refuse(sentence):
                self.ask(kind, user_id=False)
        with self.refuse("on or after its first day"):
            self.ask("leave", user_id=self.ani.id, date=MONDAY, last_date=MONDAY - DAY)

    def test_states_are_not_written_by_hand(self):
        """R3: nobody approves by writing the state, or by asking in another's name."""
        change = self.ask("leave", "agent", user_id=self.ani.id, date=MONDAY, state="done")
        self.assertEqual((change.state, change.asked_by_id), ("leader", self.ani))
        with self.assertRaises(UserError):
            change.with_user(self.ani).state = "done"
        with self.assertRaises(UserError):
            change.with_user(self.leader).reason = "Another"

    def test_withdraw_and_refuse(self):
        """R3: who asked withdraws; the colleague and the leader refuse with a reason."""
        self.publish()
        change = self.ask("leave", "agent", user_id=self.ani.id, date=MONDAY)
        with self.assertRaises(AccessError):
            change.with_user(self.leader).action_withdraw()
        change.with_user(self.ani).action_withdraw()
        self.assertEqual(change.state, "withdrawn")
        change = self.ask("swap", "agent", assignment_id=self.duty.id, other_assignment_id=self.other.id)
        wizard = self.env["helpdesk.roster.change.refuse"].with_user(self.budi)
        wizard.create({"change_id": change.id, "reason": "I have plans"}).action_refuse()
        self.assertEqual((change.state, change.refusal), ("refused", "I have plans"))
