import itertools
import json
import sys
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from odoo.addons.kemenkes_channels import speech
from odoo.addons.kemenkes_channels.models import helpdesk_call_recording
from odoo.addons.kemenkes_channels.tests.call_common import DEWI, NOON, CallCase
from odoo.addons.kemenkes_channels.tools import call_summary

from fakes.cti import signature, sound
from fakes.fake import LOST, Reply

ENGINES = Path(__file__).parent / "speech_engines"


@tagged("post_install", "-at_install")
class TestCallSteps(CallCase):
    """R24.a, R24.b: what a telephone system tells becomes a call on a ticket."""

    def test_a_call(self):
        """R24.b: ringing, answered, on hold, ended: times, agent, ticket, thread, ledger."""
        self.at(120)
        call = self.tell(*self.usual())
        self.assertEqual((call.state, call.direction, call.user_id), ("ended", "in", self.agent))
        self.assertEqual((call.wait_seconds, call.hold_seconds, call.talk_seconds), (10, 20, 90))
        self.assertEqual((call.queue, call.ivr_path, call.reason), ("Layanan umum", "1 → 3", "normal"))
        ticket = call.ticket_id
        self.assertEqual((ticket.channel_id, ticket.user_id, ticket.stage_kind), (self.channel, self.agent, "open"))
        self.assertEqual(ticket.partner_id.phone, "+6281234567001")
        messages = ticket.message_ids.filtered("helpdesk_direction")
        self.assertEqual(messages, call.message_id)
        self.assertIn("1:30", str(messages.body))
        kinds = self.kinds_of(ticket)
        self.assertEqual((kinds.count("message_in"), kinds.count("message_out")), (1, 1))
        self.assertEqual(ticket.first_response_seconds, 0)

    def test_samples(self):
        """R24.a: the documented payloads, in any order."""
        self.at(600)
        for name in ("cti_ended_with_recording", "cti_ringing", "cti_answered"):
            self.inbox._receive_payload(self.channel, json.dumps(self.sample(name)).encode())
        self.inbox._process_pending()
        call = self.call("uji-panggilan-77")
        self.assertEqual((call.state, call.talk_seconds, call.hold_seconds), ("ended", 371, 15))
        self.assertEqual((call.start_date, call.answer_date), (NOON, NOON + timedelta(seconds=60)))
        self.assertEqual(call.wait_seconds, 60)

    def test_any_order_and_twice(self):
        """R24.a: whatever comes first, and however often, the call is the same in the end."""
        self.at(120)
        facts = ("state", "start_date", "answer_date", "end_date", "wait_seconds", "talk_seconds", "user_id", "queue")
        wanted = self.tell(*self.usual()).read(facts)[0]
        for number, order in enumerate(itertools.permutations((0, 1, 4))):
            steps = [self.usual()[index] for index in order]
            name = f"order-{number}"
            call = self.tell(*self._renamed(steps, name), *self._renamed(steps, name), call_id=name)
            self.assertEqual(len(call), 1)
            got = call.read(facts)[0]
            for fact in ("state", "start_date", "answer_date", "end_date", "wait_seconds", "user_id"):
                self.assertEqual(got[fact], wanted[fact], f"{fact} in order {order}")
            self.assertEqual(call.talk_seconds, 110)
            self.assertEqual(len(call.ticket_id.message_ids & call.message_id), 1)

    def _renamed(self, steps, name):
        return [{**step, "event_id": f"{name}-{step['event_id']}"} for step in steps]

    def test_one_by_one_in_any_order(self):
        """R24.a: steps of one call that come in batches of their own."""
        self.at(120)
        for number, order in enumerate(((4, 1, 0), (1, 4, 0), (4, 0, 1))):
            for index in order:
                call = self.tell(*self._renamed([self.usual()[index]], f"b{number}"), call_id=f"b{number}")
            self.assertEqual((call.state, call.talk_seconds, call.wait_seconds), ("ended", 110, 10), order)
            self.assertEqual(self.kinds_of(call.ticket_id).count("message_out"), number + 1)

    def test_ended_is_final(self):
        """R24.a: what comes after the end fills gaps and revives nothing."""
        self.at(130)
        call = self.tell(self.step("ringing", 1, 0), self.step("ended", 5, 120))
        self.assertEqual(call.state, "missed")
        self.tell(self.step("answered", 2, 10))
        self.assertEqual((call.state, call.talk_seconds), ("ended", 110))
        self.tell(self.step("ringing", 9, 125, event_id="late"))
        self.assertEqual(call.state, "ended")

    def test_missed_then_answered_elsewhere(self):
        """R24.a: one agent's telephone was not picked up, the next one's was."""
        self.users["leader"].helpdesk_extension = "2012"
        self.at(60)
        call = self.tell(self.step("ringing", 1, 0), self.step("missed", 2, 15))
        self.assertEqual(call.state, "missed")
        self.assertEqual(call.ticket_id.waiting_since, NOON)
        other = {"extension": "2012"}
        self.tell(self.step("ringing", 3, 16, agent=other), self.step("answered", 4, 20, agent=other))
        self.assertEqual((call.state, call.user_id), ("talking", self.users["leader"]))
        self.assertFalse(call.ticket_id.waiting_since)

    def test_end_never_told(self):
        """R24.a: a call whose end nobody tells does not stay on the screens for ever; the truth may come later."""
        self.at(20)
        call = self.tell(self.step("ringing", 1, 0), self.step("answered", 2, 10))
        self.calls._cron_end_forgotten()
        self.assertEqual(call.state, "talking")
        self.at(5 * 3600)
        self.calls._cron_end_forgotten()
        self.assertEqual((call.state, call.is_end_unknown), ("ended", True))
        self.assertFalse(self.env["helpdesk.handling.sign"].search([("ticket_id", "=", call.ticket_id.id)]))
        self.tell(self.step("ended", 5, 120))
        self.assertEqual((call.talk_seconds, call.is_end_unknown), (110, False))

    def test_forgotten_ringing_is_missed(self):
        """R24.a: a telephone that rang and of which nothing more was heard."""
        call = self.tell(self.step("ringing", 1, 0))
        self.assertFalse(call.ticket_id)
        self.at(3600)
        self.calls._cron_end_forgotten()
        self.assertEqual(call.state, "missed")
        self.assertTrue(call.ticket_id)

    def test_same_caller_same_ticket(self):
        """R24.a: a second call goes to the open ticket, one after the reopening time to a new one that follows it."""
        self.at(120)
        first = self.tell(*self.usual()).ticket_id
        second = self.tell(*self._renamed(self.usual(), "two"), call_id="p2").ticket_id
        self.assertEqual(first, second)
        first.action_solve()
        self.at(9 * 86400)
        third = self.tell(
            self.step("ringing", 1, 9 * 86400 - 20, event_id="three-1"),
            self.step("answered", 2, 9 * 86400 - 10, event_id="three-2"),
            call_id="p3",
        ).ticket_id
        self.assertEqual(third.previous_id, first)

    def test_known_by_another_channel(self):
        """R24.b: who wrote on WhatsApp before is known when they call."""
        partner = self.env["helpdesk.identity"]._find_or_create_partners("whatsapp", {"+6281234567001": "Dewi"})
        call = self.tell(self.step("ringing", 1, 0))
        self.assertEqual(call.partner_id, partner["+6281234567001"])

    def test_known_by_a_form(self):
        """R24.b: who gave their number in a form is known when they call; a number of two people is nobody's."""
        known = self.env["res.partner"].create({"name": "Dewi", "phone": "+62 812-3456-7001"})
        self.assertEqual(self.tell(self.step("ringing", 1, 0)).partner_id, known)
        self.env["res.partner"].create([{"name": name, "phone": "+62 812-3456-7002"} for name in ("Ani", "Budi")])
        shared = self.tell(self.step("ringing", 1, 0, event_id="x"), call_id="p2", **{"from": "+6281234567002"})
        self.assertFalse(shared.partner_id)

    def test_number_withheld(self):
        """R24.a: nobody's number is nobody's customer, and a ticket all the same."""
        self.at(120)
        first = self.tell(*self.usual(), **{"from": ""})
        second = self.tell(*self._renamed(self.usual(), "two"), call_id="p2", **{"from": ""})
        self.assertFalse((first | second).partner_id)
        self.assertEqual(len((first | second).ticket_id), 2)

    def test_many_calls_in_one_batch(self):
        """R24.a: a storm of calls is worked off as one batch, each its own call."""
        self.at(120)
        for number in range(60):
            step = self.step("ringing", 1, 0, event_id=f"m{number}")
            raw = json.dumps({**step, "call_id": f"m{number}", "direction": "inbound", "from": f"+62812345{number:05}"})
            self.inbox._receive_payload(self.channel, raw.encode())
        self.inbox._process_pending()
        self.assertEqual(self.calls.search_count([("external_id", "=like", "m%")]), 60)

    def test_hypothesis_of_steps(self):
        """R24.a: whatever steps come in whatever order, no call fails, and no time is negative."""
        kinds = st.sampled_from(["ringing", "answered", "hold", "unhold", "missed", "ended", "transferred"])
        steps = st.lists(st.tuples(kinds, st.integers(0, 6), st.integers(0, 600)), min_size=1, max_size=8)
        numbers = itertools.count()
        self.at(700)

        @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
        @given(steps)
        def run(found):
            name = f"h{next(numbers)}"
            call = self.tell(
                *(
                    self.step(kind, sequence, seconds, event_id=f"{name}-{index}")
                    for index, (kind, sequence, seconds) in enumerate(found)
                ),
                call_id=name,
            )
            self.assertEqual(len(call), 1)
            events = self.inbox.search([("state", "in", ("failed", "dead"))])
            self.assertFalse(events, events.mapped("error"))
            self.assertGreaterEqual(min(call.wait_seconds, call.talk_seconds, call.hold_seconds), 0)

        run()


@tagged("post_install", "-at_install")
class TestCallAgent(CallCase):
    """R24.b: the agent's side: screen pop, wrap-up, click to dial, calls written down by hand."""

    def bus(self, action):
        """The bus messages to the agent that come of ``action``."""
        told = []
        bus = self.env.registry["bus.bus"]
        with patch.object(bus, "_sendone", lambda _self, target, kind, message: told.append((target, kind, message))):
            action()
        return [(kind, message) for target, kind, message in told if target == self.agent.partner_id]

    def test_screen_pop(self):
        """R24.b: one message, with who calls and what they came with before, in the agent's rights."""
        identities = self.env["helpdesk.identity"]
        partner = identities._find_or_create_partners("phone", {"+6281234567001": "Dewi Contoh"})["+6281234567001"]
        seen = self.create_ticket(partner_id=partner.id, name="OTP")
        hidden = self.create_ticket(
            partner_id=partner.id, product_id=self.product_b.id, site_id=self.site_east.id, team_id=self.team_l3.id
        )
        [(kind, pop)] = self.bus(lambda: self.tell(self.step("ringing", 1, 0, queue="Layanan umum")))
        self.assertEqual(kind, "helpdesk.call/now")
        self.assertEqual(
            (pop["state"], pop["queue"], pop["partner"]["name"]), ("ringing", "Layanan umum", "Dewi Contoh")
        )
        self.assertEqual([ticket["id"] for ticket in pop["tickets"]], [seen.id])
        self.assertNotIn(hidden.id, [ticket["id"] for ticket in pop["tickets"]])
        self.assertEqual((pop["open_count"], pop["ticket_count"]), (1, 1))
        # the number is the agent's to ask for, as everywhere
        self.assertNotIn("1234567001", pop["number"])
        self.assertIn("•", pop["number"])

    def test_pop_follows_the_call(self):
        """R24.b: each change is one message; what is told twice is told once."""
        steps = self.usual()
        self.at(120)
        self.assertEqual(len(self.bus(lambda: self.tell(steps[0]))), 1)
        [(_kind, pop)] = self.bus(lambda: self.tell(steps[1]))
        self.assertEqual((pop["state"], pop["ticket"]["reference"]), ("talking", self.call().ticket_id.ticket_ref))
        self.assertFalse(self.bus(lambda: self.tell(steps[1])))
        self.assertEqual(len(self.bus(lambda: self.tell(*steps[2:4]))), 0)

    def test_transferred(self):
        """R24.b: the card leaves the first agent's screen."""
        self.users["leader"].helpdesk_extension = "2012"
        self.tell(self.step("ringing", 1, 0), self.step("answered", 2, 10))
        self.at(60)
        told = self.bus(lambda: self.tell(self.step("transferred", 3, 50, agent={"extension": "2012"})))
        self.assertEqual([kind for kind, _message in told], ["helpdesk.call/gone"])
        self.assertEqual(self.call().user_id, self.users["leader"])

    def test_agents_status_follows(self):
        """R24.b, R23.b.1: the core's hooks hear of each talk once, of its end, and of the wrap-up or its limit."""
        told = []
        users = self.registry["res.users"]
        self.patch(users, "_begin_talk", lambda user: told.append((user, "talk")))
        self.patch(users, "_end_talk", lambda user, wraps_up: told.append((user, "wrap-up" if wraps_up else "end")))
        self.patch(users, "_end_wrap_up", lambda user: told.append((user, "done")))
        leader = self.users["leader"]
        leader.helpdesk_extension = "2012"
        self.at(120)
        for step in self.usual()[:4]:
            self.tell(step)
        self.assertEqual(told, [(self.agent, "talk")], "a call on hold is the same talk")
        self.tell(self.step("transferred", 5, 60, agent={"extension": "2012"}))
        self.assertEqual(told[1:], [(self.agent, "end"), (leader, "talk")])
        call = self.tell(self.step("ended", 6, 100, agent={"extension": "2012"}))
        self.assertEqual(told[3:], [(leader, "wrap-up")])
        call.with_user(leader).finish_wrap_up("Selesai.")
        self.assertEqual(told[4:], [(leader, "done")])
        told.clear()
        for number, (event, seconds) in enumerate((("ringing", 110), ("answered", 112), ("ended", 120)), 1):
            self.tell(self.step(event, number, seconds, event_id=f"p2-{number}"), call_id="p2")
        self.at(120 + self.channel.wrap_up_seconds - 1)
        self.calls._cron_end_forgotten()
        self.assertEqual(told, [(self.agent, "talk"), (self.agent, "wrap-up")])
        self.at(120 + self.channel.wrap_up_seconds)
        self.calls._cron_end_forgotten()
        self.assertEqual(told[2:], [(self.agent, "done")])

    def test_agent_by_name(self):
        """R24.b: systems that name the log-in instead of the extension."""
        for login in (self.agent.login, "tidak.ada"):
            self.tell(
                self.step("ringing", 1, 0, event_id=login, agent={"login": login, "extension": "9999"}), call_id=login
            )
        self.assertEqual(self.call(self.agent.login).user_id, self.agent)
        self.assertFalse(self.call("tidak.ada").user_id)

    def test_page_opened_during_a_call(self):
        """R24.b: the card is there after a reload, and only for whom it is."""
        self.tell(self.step("ringing", 1, 0), self.step("answered", 2, 10))
        self.assertEqual([pop["id"] for pop in self.calls.with_user(self.agent).get_current()], self.call().ids)
        self.assertFalse(self.calls.with_user(self.users["leader"]).get_current())

    def test_talk_and_wrap_up_are_handling_time(self):
        """R24.b, R1.b.1: the talk counts as work on the ticket, and what follows up to the line's limit."""
        self.at(120)
        call = self.tell(*self.usual())
        self.at(165)
        call.with_user(self.agent).finish_wrap_up("Dibantu masuk.")
        self.assertEqual((call.wrap_up_seconds, call.note), (45, "Dibantu masuk."))
        self.assertIn("Dibantu masuk.", str(call.message_id.body))
        signs = self.env["helpdesk.handling.sign"].search([("ticket_id", "=", call.ticket_id.id)])
        self.assertEqual(
            [(sign.source, (sign.stop - sign.start).total_seconds()) for sign in signs],
            [("call", 110), ("wrap_up", 45)],
        )
        self.at(5000)
        call.with_user(self.agent).finish_wrap_up("Tambahan.")
        self.assertEqual(call.wrap_up_seconds, 45)
        self.run_job("handling", addon="kemenkes_helpdesk")
        self.assertEqual(call.ticket_id.handling_seconds, 155)

    def test_wrap_up_has_a_limit(self):
        """R24.b: a card that is left open is no work."""
        self.at(120)
        call = self.tell(*self.usual())
        self.at(3000)
        call.with_user(self.agent).finish_wrap_up()
        self.assertEqual(call.wrap_up_seconds, self.channel.wrap_up_seconds)

    def test_agent_ends_what_the_system_forgot(self):
        """R24.b: who talked knows that the call is over."""
        call = self.tell(self.step("ringing", 1, 0), self.step("answered", 2, 10))
        self.at(200)
        call.with_user(self.agent).finish_wrap_up("Selesai.")
        self.assertEqual((call.state, call.is_end_unknown), ("ended", True))

    def test_another_ticket(self):
        """R24.b: the call was about something else: its trace moves with it."""
        call = self.tell(self.step("ringing", 1, 0), self.step("answered", 2, 10))
        old = call.ticket_id
        other = self.create_ticket(partner_id=call.partner_id.id)
        self.assertEqual(call.with_user(self.agent).move_to_ticket(other.id), other.id)
        self.assertEqual((call.ticket_id, call.message_id.res_id), (other, other.id))
        self.assertIn(other.ticket_ref, str(old.message_ids[:1].body))
        new_id = call.with_user(self.agent).move_to_ticket(False)
        self.assertNotIn(new_id, (old | other).ids)
        with self.assertRaises(AccessError):
            call.with_user(self.users["leader"]).move_to_ticket(other.id)
        far = self.create_ticket(product_id=self.product_b.id, site_id=self.site_east.id, team_id=self.team_l3.id)
        with self.assertRaises(AccessError):
            call.with_user(self.agent).move_to_ticket(far.id)

    # CLICK TO DIAL

    def dial(self):
        ticket = self.create_ticket(partner_phone="+6281234567001")
        ticket.with_user(self.agent).action_dial()
        return ticket.call_ids

    def test_click_to_dial(self):
        """R24.b: the telephone system is asked by a job; its events find the call we asked for."""
        call = self.dial()
        self.assertEqual((call.state, call.user_id, call.direction), ("requested", self.agent, "out"))
        self.assertFalse(self.cti.taken)
        self.run_job("dial")
        asked = self.cti.taken[-1]
        self.assertEqual(
            asked.json,
            {"request_id": f"helpdesk-{call.id}", "extension": "2011", "to": "+6281234567001", "line": ""},
        )
        self.courier.bring()
        self.inbox._process_pending()
        self.at(20)
        self.play("pick_up")
        self.assertEqual((call.state, len(call.ticket_id.call_ids)), ("talking", 1))
        self.at(60)
        self.play("hang_up")
        self.assertEqual((call.state, call.talk_seconds), ("ended", 40))
        self.assertIn("message_out", self.kinds_of(call.ticket_id))

    def test_events_faster_than_the_answer(self):
        """R24.b: the answer to the request got lost: one call, asked for once."""
        call = self.dial()
        self.cti.fail_next(LOST)
        self.run_job("dial")
        self.at(6)
        self.run_job("dial")
        self.courier.bring()
        self.inbox._process_pending()
        self.assertEqual(len(self.cti.requested), 1)
        self.assertEqual((call.state, len(call.ticket_id.call_ids)), ("ringing", 1))

    def test_telephone_system_down(self):
        """R24.b: it is tried for a minute, not for hours; the agent sees why."""
        call = self.dial()
        self.cti.fail_next(*[Reply({"message": "down"}, 503)] * 30)
        for seconds in range(0, 120, 6):
            self.at(seconds)
            self.run_job("dial")
        self.assertEqual(call.state, "failed")
        self.assertTrue(call.reason)
        self.assertLess(len(self.cti.taken), 14)

    def test_nobody_to_dial(self):
        """R24.b: what is missing is said."""
        ticket = self.create_ticket(partner_phone="+6281234567001")
        for values, words in (
            ({"partner_phone": False}, "no telephone number"),
            ({"partner_phone": "bukan nomor"}, "no telephone number"),
        ):
            ticket.write(values)
            with self.assertRaisesRegex(UserError, words):
                ticket.with_user(self.agent).action_dial()
        ticket.partner_phone = "+6281234567001"
        with self.assertRaisesRegex(UserError, "no telephone:"):
            ticket.with_user(self.users["leader"]).action_dial()
        self.channel.api_host = False
        with self.assertRaisesRegex(UserError, "No telephone line"):
            ticket.with_user(self.agent).action_dial()

    # HOLD, GO ON, HANG UP

    def commands(self, call):
        """What the agent's screen offers for a call."""
        [shown] = self.calls.with_user(self.agent).get_current()
        return shown["commands"] if shown["id"] == call.id else None

    def ask(self, call, command):
        call.with_user(self.agent).control(command)
        self.run_job("dial")
        self.courier.bring()
        self.inbox._process_pending()

    def test_hold_and_hang_up(self):
        """R24.b, R23.c.3: asked of the telephone system by a job; the screen shows what the system tells of it."""
        self.play("call")
        call = self.call("tiruan-1") or self.calls.search([("channel_id", "=", self.channel.id)])
        self.assertEqual(self.commands(call), ["hangup"])
        self.play("pick_up")
        self.assertEqual(self.commands(call), ["hold", "hangup"])
        self.ask(call, "hold")
        self.assertEqual((call.state, self.commands(call)), ("held", ["unhold", "hangup"]))
        self.ask(call, "unhold")
        self.assertEqual(call.state, "talking")
        self.at(30)
        self.ask(call, "hangup")
        self.assertEqual((call.state, self.commands(call)), ("ended", []))
        self.assertFalse(call.command)

    def test_command_in_no_state_for_it(self):
        """R24.b: not another's call, not one that is not talking, none by hand."""
        self.play("call")
        call = self.calls.search([("channel_id", "=", self.channel.id)])
        for command in ("hold", "unhold", "dial", ""):
            with self.assertRaises(UserError):
                call.with_user(self.agent).control(command)
        with self.assertRaises(AccessError):
            call.with_user(self.users["leader"]).control("hangup")

    def test_command_refused(self):
        """R24.b: the agent is told, and it is not asked for again by itself."""
        self.play("call")
        self.play("pick_up")
        call = self.calls.search([("channel_id", "=", self.channel.id)])
        self.cti.fail_next(Reply({"message": "not now"}, 422))
        told = []
        with patch.object(self.registry["res.users"], "_bus_send", lambda _user, *message: told.append(message)):
            self.ask(call, "hold")
        self.assertIn("not now", dict(told)["helpdesk.call/refused"]["reason"])
        self.assertEqual((call.state, call.command), ("talking", False))

    def test_in_the_workspace(self):
        """R24.b: the calls of a ticket, and whether its customer can be called, come with the ticket."""
        self.at(130)
        call = self.tell(*self.usual())
        workspace = self.env["helpdesk.workspace"].with_user(self.agent)
        shown = workspace.refresh_ticket(call.ticket_id.id)
        self.assertEqual((shown["can_dial"], shown["call_count"]), (True, 1))
        self.assertEqual([(one["label"], one["talk_seconds"]) for one in shown["calls"]], [("Incoming call", 90)])

    # BY HAND

    def test_written_down_by_hand(self):
        """R24.b: a call of a telephone that tells nothing, with its ticket and its number in one form."""
        calls = self.calls.with_user(self.agent)
        call = calls.create(
            {"number": "0812 3456 7001", "talk_minutes": 6, "note": "Minta sertifikat.", "start_date": NOON}
        )
        self.assertEqual((call.sudo().number, call.sudo().talk_seconds), ("+6281234567001", 360))
        self.assertEqual((call.ticket_id.user_id, call.ticket_id.channel_id), (self.agent, self.channel))
        self.assertIn("Minta sertifikat.", str(call.sudo().message_id.body))
        call.talk_minutes = 3
        self.assertIn("3:00", str(call.sudo().message_id.body))

    def test_by_hand_nonsense(self):
        """R24.b: no number, no time to come, no other agent's call, no foreign ticket, none of the telephone system."""
        calls = self.calls.with_user(self.agent)
        for values, words in (
            ({"number": "abc"}, "no telephone number"),
            ({"number": "0812 3456 7001", "start_date": NOON + timedelta(days=1)}, "still to come"),
            ({"number": "0812 3456 7001", "talk_minutes": 800}, "No call takes longer"),
            ({"number": "0812 3456 7001", "talk_minutes": -1}, "takes some time"),
            ({"number": "0812 3456 7001", "state": "talking"}, "has ended or was missed"),
        ):
            with self.subTest(values=values), self.assertRaisesRegex(UserError, words):
                calls.create(values)
        far = self.create_ticket(product_id=self.product_b.id, site_id=self.site_east.id, team_id=self.team_l3.id)
        for values in ({"ticket_id": far.id}, {"is_manual": False}, {"user_id": self.users["leader"].id}):
            with self.subTest(values=values), self.assertRaises(AccessError):
                calls.create({"number": "0812 3456 7001", **values})
        told = self.tell(self.step("ringing", 1, 0))
        with self.assertRaises(AccessError):
            told.with_user(self.agent).write({"talk_seconds": 5})


@tagged("post_install", "-at_install")
class TestCallWords(CallCase):
    """R24.b, R28.b.1: recordings, what was said as text, summary, tags; who may hear and read."""

    def ended(self, content=None, **recording):
        """A call whose recording the telephone system has; the recording."""
        self.at(120)
        content = sound(2) if content is None else content
        self.cti.recordings["p1"] = content
        told = {"id": "rek-1", "url": f"{self.cti.base}/recordings/p1.wav", "duration_s": 2, **recording}
        steps = self.usual()
        self.tell(*steps[:-1], {**steps[-1], "recording": told})
        return self.call().recording_ids

    def transcript(self, *lines, engine="cti"):
        segments = [
            {"start": 3 * number, "end": 3 * number + 2, "speaker": speaker, "text": text}
            for number, (speaker, text) in enumerate(lines)
        ]
        event = {"event": "transcript.ready", "event_id": f"t-{engine}", "sequence": 9, "agent": {}}
        self.tell(
            {**event, "transcript": {"engine": engine, "language": "id", "confidence": 0.8, "segments": segments}}
        )
        return self.call().transcript_ids

    def test_recording_is_fetched(self):
        """R24.b: from the telephone system's own address, in a private network too; told twice, fetched once."""
        recording = self.ended()
        self.run_job("recording")
        self.assertEqual((recording.state, recording.attachment_id.raw), ("done", sound(2)))
        self.assertEqual(recording.attachment_id.mimetype, "audio/x-wav")
        self.tell({**self.step("ended", 6, 121, event_id="again"), "recording": {"id": "rek-1", "url": "/x"}})
        self.assertEqual(self.call().recording_ids, recording)

    def test_recording_elsewhere_in_a_private_network(self):
        """R24.b: an address that only an event names reaches no private network."""
        self.channel.api_host = False
        recording = self.ended()
        self.run_job("recording")
        self.assertEqual(recording.state, "waiting")
        self.assertFalse(self.cti.taken)

    def test_recording_refused(self):
        """R24.b: no sound, not what was told of, too large."""
        for number, (content, values) in enumerate(
            ((b"<html>kata</html>", {}), (sound(2), {"sha256": "0" * 64}), (sound(30), {}))
        ):
            recording = (
                self.ended(content, id=f"r{number}", **values) if not number else self._next(number, content, values)
            )
            with patch.object(helpdesk_call_recording, "MAX_BYTES", 100_000):
                self.run_job("recording")
            self.assertEqual(recording.state, "refused", number)
            self.assertTrue(recording.error)

    def _next(self, number, content, values):
        self.cti.recordings["p1"] = content
        told = {"id": f"r{number}", "url": f"{self.cti.base}/recordings/p1.wav", **values}
        self.tell({"event": "recording.ready", "event_id": f"r{number}", "recording": told})
        return self.call().recording_ids.filtered(lambda one: one.external_id == f"r{number}")

    def test_recording_not_written_yet(self):
        """R24.b: asked for again, and shown when it never comes."""
        recording = self.ended()
        del self.cti.recordings["p1"]
        self.run_job("recording")
        self.assertEqual((recording.state, recording.attempts), ("waiting", 1))
        self.cti.recordings["p1"] = sound(1)
        self.at(400)
        self.run_job("recording")
        self.assertEqual(recording.state, "done")

    def test_recording_has_its_time(self):
        """R24.b: after the line's days the sound goes, the words stay."""
        recording = self.ended()
        self.run_job("recording")
        self.transcript(("caller", "Tidak bisa masuk ke aplikasi."))
        attachment = recording.attachment_id
        recording._gc_recordings()
        self.assertTrue(attachment.exists())
        self.env.cr.execute("UPDATE helpdesk_call_recording SET create_date = %s", [NOON - timedelta(days=181)])
        recording.invalidate_recordset()
        recording._gc_recordings()
        self.assertEqual((recording.state, bool(attachment.exists())), ("removed", False))
        self.assertTrue(self.call().transcript_ids.text)

    # WORDS

    LINES = (
        ("agent", "Selamat pagi, ada yang bisa saya bantu?"),
        ("caller", "Saya tidak bisa masuk ke aplikasi, kode OTP tidak pernah sampai."),
        ("caller", "Kode OTP sudah saya minta tiga kali di aplikasi."),
        ("agent", "Baik, saya kirim ulang kode OTP lewat WhatsApp."),
        ("agent", "Terima kasih, selamat siang."),
    )

    def test_transcript_of_the_telephone_system(self):
        """R28.b.1: searchable, summed up in its own sentences, on the ticket."""
        self.at(120)
        call = self.tell(*self.usual())
        transcript = self.transcript(*self.LINES)
        self.assertIn("kode OTP tidak pernah sampai", transcript.summary)
        self.assertNotIn("Terima kasih", transcript.summary)
        for line in transcript.summary.splitlines():
            self.assertIn(line, transcript.text)
        self.assertIn("kode OTP tidak pernah sampai", str(call.message_id.body))
        seen = self.calls.with_user(self.agent)
        self.assertEqual(seen.search([("search_text", "ilike", "tiga kali OTP")]), call)
        self.assertFalse(seen.search([("search_text", "ilike", "vaksin")]))
        tickets = self.env["helpdesk.ticket"].with_user(self.agent)
        self.assertIn(call.ticket_id, tickets.search([("search_text", "ilike", "OTP sampai")]))

    def test_tags_by_words(self):
        """R24.b: the keyword rules that tag messages tag calls; which word asked for a tag is said."""
        tag = self.env["helpdesk.tag"].create({"name": "uji-otp"})
        self.env["helpdesk.keyword.rule"].create(
            {"name": "OTP", "trigger": "message_in", "words": "kode otp", "tag_ids": [(4, tag.id)]}
        )
        self.at(120)
        call = self.tell(*self.usual())
        transcript = self.transcript(*self.LINES)
        self.assertEqual((call.tag_ids, call.ticket_id.tag_ids), (tag, tag))
        self.assertIn("kode OTP", transcript.tag_reason)

    def test_summary_in_its_own_words(self):
        """R24.b: nothing is invented, of nothing comes nothing."""
        self.assertEqual(call_summary.summarise([]), [])
        self.assertEqual(call_summary.summarise([("agent", "Ya. Baik. Terima kasih.")]), [])
        found = call_summary.summarise(list(self.LINES))
        self.assertEqual(len(found), 3)
        self.assertTrue(all(words for _sentence, words in found))

    def engine(self, folder):
        get = self.env["ir.config_parameter"].sudo()
        get.set_param("kemenkes_channels.speech_engine", "tiny")
        get.set_param("kemenkes_channels.speech_model", str(folder))
        self.startPatcher(patch.dict(speech._modules, {"tiny": "tiny_engine"}))
        self.startPatcher(patch.object(sys, "path", [*sys.path, str(ENGINES)]))

    def test_no_engine(self):
        """R28.b.1: recordings are kept, and the screen says why there are no words."""
        get = self.env["ir.config_parameter"].sudo()
        get.set_param("kemenkes_channels.speech_engine", False)
        get.set_param("kemenkes_channels.speech_model", False)
        with patch.dict("os.environ", {"HELPDESK_SPEECH_MODEL": ""}):
            recording = self.ended()
            self.run_job("recording")
            self.assertEqual(recording.state, "done")
            self.assertFalse(self.call().transcript_ids)
            player = self.call().with_user(self.agent).get_player()
        self.assertIn("No speech recognition", player["obstacle"])
        self.assertEqual(player["recordings"][0]["url"], f"/web/content/{recording.attachment_id.id}")

    def test_engine_without_model(self):
        """R28.b.1: half a set-up is said, and nothing waits for it."""
        get = self.env["ir.config_parameter"].sudo()
        get.set_param("kemenkes_channels.speech_engine", "faster-whisper")
        get.set_param("kemenkes_channels.speech_model", "/tidak/ada")
        self.ended()
        self.run_job("recording")
        self.assertFalse(self.call().transcript_ids)
        self.assertIn("faster-whisper", self.call().get_player()["obstacle"])
        get.set_param("kemenkes_channels.speech_engine", "tidak-ada")
        self.assertIn("tidak-ada", self.call().get_player()["obstacle"])

    def test_own_engine(self):
        """R28.b.1: in a process of its own, behind the job that fetches."""
        folder = self.enterContext(TemporaryDirectory())
        (Path(folder) / "words.txt").write_text("Saya tidak bisa masuk ke aplikasi.\nKode OTP tidak sampai ke saya.\n")
        self.engine(folder)
        self.ended()
        self.run_job("recording")
        transcript = self.call().transcript_ids
        self.assertEqual((transcript.state, transcript.engine), ("waiting", "tiny"))
        self.run_job("transcript")
        self.assertEqual((transcript.state, transcript.error), ("done", False))
        self.assertIn("Kode OTP tidak sampai", transcript.text)
        self.assertEqual(transcript.confidence, 0.75)

    def test_engine_that_breaks(self):
        """R28.b.1: tried again, then shown, and asked for once more by hand."""
        folder = self.enterContext(TemporaryDirectory())
        (Path(folder) / "words.txt").write_text("kata\n")
        self.engine(folder)
        recording = self.ended(sound(1) + b"rusak")
        self.run_job("recording")
        transcript = self.call().transcript_ids
        for seconds in (130, 1000, 9000):
            self.at(seconds)
            self.run_job("transcript")
        self.assertEqual(transcript.state, "failed")
        self.assertIn("the sound is broken", transcript.error)
        recording.attachment_id.raw = sound(1)
        transcript.with_user(self.agent).action_write_again()
        self.run_job("transcript")
        self.assertEqual(transcript.state, "done")

    # WHO

    def test_who_hears_and_reads(self):
        """R27.a.3, R24.b: as the ticket; masked for roles that need no personal data, who hear nothing at all."""
        recording = self.ended()
        self.run_job("recording")
        call = self.call()
        self.transcript(("caller", "NIK saya 3174012345678901, saya tidak bisa masuk."))
        agent, quality = call.with_user(self.agent), call.with_user(self.users["quality"])
        self.assertIn("3174012345678901", agent.get_player()["transcripts"][0]["text"])
        self.assertTrue(agent.get_player()["recordings"])
        player = quality.get_player()
        self.assertEqual((player["may_hear"], player["has_recording"], player["recordings"]), (False, True, []))
        self.assertNotIn("3174012345678901", json.dumps(player))
        self.assertNotIn("3174012345678901", json.dumps(quality.transcript_ids.read(["text", "summary"])))
        self.assertNotIn("1234567001", json.dumps(quality.read(["number"])))
        found = self.calls.with_user(self.users["quality"]).search([("search_text", "ilike", "3174012345678901")])
        self.assertFalse(found)
        with self.assertRaises(AccessError):
            recording.attachment_id.with_user(self.users["quality"]).raw  # noqa: B018 - reading is the point
        stranger = self.create_user("jauh", "group_agent", products=self.product_b, sites=self.site_east)
        self.assertFalse(self.calls.with_user(stranger).search([]) & call)
        with self.assertRaises(AccessError):
            call.with_user(stranger).get_player()
        with self.assertRaises(AccessError):
            recording.attachment_id.with_user(stranger).raw  # noqa: B018

    def test_erasure(self):
        """R27: the right to erasure reaches number, sound and words of calls."""
        recording = self.ended()
        self.run_job("recording")
        call = self.call()
        transcript = self.transcript(("caller", "Nama saya Dewi Contoh dari Surabaya."))
        attachment = recording.attachment_id
        call.partner_id._erase_personal_data("requested")
        self.assertFalse(attachment.exists())
        self.assertFalse(call.number)
        self.assertNotIn("Dewi", f"{transcript.text} {transcript.segments} {transcript.summary} {call.message_id.body}")


@tagged("post_install", "-at_install")
class TestCallOverHttp(CallCase, HttpCase):
    """R24.a: events come over HTTP, signed; a citizen who calls sees the same as the helpdesk."""

    def test_webhook(self):
        """R24.a: signed events are taken, others are not."""
        raw = json.dumps({**self.step("ringing", 1, 0), "call_id": "p1", "from": "+6281234567001"}).encode()
        address = f"/helpdesk/webhook/{self.channel.webhook_token}"
        with self.running_clock():
            good = self.url_open(address, data=raw, headers=signature("rahasia-telepon-uji", "e1", raw))
            bad = self.url_open(address, data=raw, headers=signature("salah", "e1", raw))
            bare = self.url_open(address, data=raw, headers={"Content-Type": "application/json"})
        self.assertEqual([answer.status_code for answer in (good, bad, bare)], [200, 403, 401])

    def test_daily_check(self):
        """R23.a.1: the job that checks every access, also those of services whose tokens nobody renews."""
        self.run_job("check_channels")
        self.assertEqual((self.channel.connection_date, self.channel.connection_text), (NOON, "tiruan"))
        self.assertTrue([taken for taken in self.cti.taken if taken.path == "/health"])

    def test_a_citizen_who_calls(self):
        """R24.a: call, talk, hang up; recording and words follow."""
        self.play("call")
        self.at(5)
        self.play("pick_up")
        self.play("text", text="Saya tidak bisa masuk ke aplikasi sejak kemarin.")
        self.at(65)
        self.play("hang_up")
        [call] = self.calls.search([("channel_id", "=", self.channel.id)])
        self.assertEqual((call.state, call.talk_seconds, call.wait_seconds), ("ended", 60, 5))
        self.run_job("recording")
        self.assertEqual(call.recording_ids.state, "done")
        self.assertIn("tidak bisa masuk", call.transcript_ids.text)
        entries = self.cti.entries(self.cti.room("call"), DEWI)
        self.assertIn("Selesai", entries[0].text)

    def test_recording_heard_stands_in_the_ledger(self):
        """R27.b.2: who hears a recording is written down."""
        self.at(120)
        steps = self.usual()
        self.cti.recordings["p1"] = sound(1)
        recording = {"id": "r", "url": f"{self.cti.base}/recordings/p1.wav"}
        self.tell(*steps[:-1], {**steps[-1], "recording": recording})
        self.run_job("recording")
        with self.running_clock():
            self.authenticate(self.agent.login, self.agent.login)
            answer = self.url_open(f"/web/content/{self.call().recording_ids.attachment_id.id}")
        self.assertEqual((answer.status_code, answer.content), (200, sound(1)))
        self.assertIn("attachment_downloaded", self.kinds_of(self.call().ticket_id))
