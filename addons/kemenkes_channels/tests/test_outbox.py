import json
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.kemenkes_channels.providers.records import Answer, Limits, MediaLimit
from odoo.addons.kemenkes_channels.tests import plain_provider as plain
from odoo.addons.kemenkes_channels.tests.channels_common import NOON, ChannelsCase, said
from odoo.addons.kemenkes_channels.tools.transport import Transport


class Service:
    """The other side: takes requests, numbers messages, answers as the test wants."""

    def __init__(self):
        self.sent, self.calls, self.script = [], [], []

    def run(self, call):
        self.calls.append(call)
        answer = self.script.pop(0) if self.script else None
        if callable(answer):
            answer = answer(call)
        if answer is not None and not (answer.status == 0 and answer.lost):
            return answer
        if call.step == "upload":
            return Answer(200, body=b'{"media": "media-1"}')
        if call.url.endswith("/messages"):
            self.sent.append(call.json)
        body = json.dumps({"id": f"out{len(self.sent)}", "name": "Bot A"}).encode()
        # a lost answer: the service has it all the same
        return answer or Answer(200, body=body)


def refusal(fault, status=400):
    return Answer(status, body=json.dumps({"fault": fault}).encode())


@tagged("post_install", "-at_install")
class TestOutbox(ChannelsCase):
    """R23.c.3, R27.a.1: what an agent answers reaches the customer on their channel, once, and shows how far it got."""

    def setUp(self):
        super().setUp()
        self.service = Service()
        self.outbox.search([]).state = "sent"
        now = int(fields.Datetime.now().timestamp())
        self.ticket = self.take_in(said("halo", id=f"in{self.id()}", at=now)).ticket_id

    @contextmanager
    def online(self):
        with patch.object(Transport, "run", self.service.run):
            yield

    def send(self):
        """Run the job as it runs in life, commits and all."""
        with self.online(), self.enter_registry_test_mode():
            self.env.ref("kemenkes_helpdesk.ir_cron_outbox").method_direct_trigger()
        self.env.invalidate_all()

    def answer(self, body="Silakan coba lagi.", **asked):
        ticket = self.ticket.with_context(helpdesk_answer=asked) if asked else self.ticket
        message = self.agent_says(ticket, body)
        return self.outbox.search([("message_id", "=", message.id)])

    def due_again(self, row, **values):
        row.sudo().write({"next_attempt_date": fields.Datetime.now(), **values})

    def test_answer_and_its_way(self):
        """Queued, sent, delivered, read: each stands on the message, in whatever order they come."""
        row = self.answer()
        self.assertEqual((row.state, row.recipient), ("queued", "8100"))
        self.send()
        self.assertEqual(self.service.sent[0]["text"], "Silakan coba lagi.")
        self.assertEqual((row.state, row.external_id), ("sent", "out1"))
        self.take_in({"type": "status", "key": "s2", "of": "out1", "state": "read", "at": NOON + 9})
        self.take_in({"type": "status", "key": "s1", "of": "out1", "state": "delivered", "at": NOON + 8})
        self.assertEqual(row.state, "read")
        shown = row._to_browser()
        self.assertEqual(set(shown["dates"]), {"sent", "delivered", "read"})
        self.send()
        self.assertEqual(len(self.service.sent), 1)

    def test_order_in_a_conversation(self):
        """What was said first goes first, also when it has to wait; another conversation does not."""
        other = self.take_in(
            said("lain", sender="8200", name="Sri", at=int(fields.Datetime.now().timestamp()))
        ).ticket_id
        first, second = self.answer("satu"), self.answer("dua")
        message = self.agent_says(other, "tiga")
        third = self.outbox.search([("message_id", "=", message.id)])
        self.service.script = [Answer(503)]
        self.send()
        self.assertEqual([sent["text"] for sent in self.service.sent], ["tiga"])
        self.assertEqual((first.state, second.state, third.state), ("queued", "queued", "sent"))
        self.due_again(first)
        self.send()
        self.send()
        self.assertEqual([sent["text"] for sent in self.service.sent], ["tiga", "satu", "dua"])

    def test_faults(self):
        """Wait, leave it, ask somebody: by what the service says, in words the agent understands."""
        row = self.answer()
        self.service.script = [refusal("window")]
        self.send()
        self.assertEqual((row.state, row.reason), ("failed", "window_closed"))
        self.assertIn("131047", row.error)
        self.assertIn("delivery", self.kinds_of(self.ticket))
        row.action_resend()
        self.send()
        self.assertEqual(row.state, "sent")

    def test_too_many(self):
        """A service that asks to wait is not asked again before, for none of the account's messages."""
        row = self.answer()
        self.service.script = [refusal("rate")]
        self.send()
        self.assertEqual(row.state, "queued")
        self.assertEqual(row.attempts, 0)
        self.assertGreater(self.channel.send_after_date, fields.Datetime.now() + timedelta(seconds=60))
        self.due_again(row)
        self.send()
        self.assertFalse(self.service.sent)
        self.channel.sudo().send_after_date = False
        self.send()
        self.assertEqual(row.state, "sent")

    def test_near_the_limit(self):
        """An account that nears its limit goes slowly by itself: what it sent is sent, the next message waits."""
        row = self.answer()
        read = plain.read_answer
        with patch.object(plain, "read_answer", lambda *given: replace(read(*given), rest_seconds=60)):
            self.send()
        self.assertEqual(row.state, "sent")
        self.assertGreater(self.channel.send_after_date, fields.Datetime.now() + timedelta(seconds=30))
        other = self.answer("Satu lagi.")
        self.send()
        self.assertEqual(other.state, "queued")
        self.channel.sudo().send_after_date = False
        self.send()
        self.assertEqual(other.state, "sent")

    @mute_logger("odoo.addons.kemenkes_helpdesk.models.helpdesk_outbox_message")
    def test_expired_token(self):
        """R23.a.1: a day without a token: answers wait, the keepers are told once, and everything goes out once."""
        row = self.answer()
        self.service.script = [refusal("token", 401), refusal("token", 401)]
        self.send()
        self.assertEqual(row.state, "queued")
        self.assertTrue(self.channel.stop_reason)
        self.assertEqual(self.channel.health, "broken")
        notices = self.env["mail.message"].search_count(
            [("model", "=", "helpdesk.channel"), ("res_id", "=", self.channel.id)]
        )
        self.due_again(row)
        self.send()
        again = self.env["mail.message"].search_count(
            [("model", "=", "helpdesk.channel"), ("res_id", "=", self.channel.id)]
        )
        self.assertEqual(notices, again)
        self.assertTrue(notices)
        self.channel.access_token = "baru"
        self.assertFalse(self.channel.stop_reason)
        self.due_again(row)
        self.send()
        self.assertEqual(row.state, "sent")
        self.assertEqual(len(self.service.sent), 1)

    def test_lost_answer(self):
        """The service has it but its answer was lost: its status says so, and it is not sent a second time."""
        row = self.answer()
        self.service.script = [Answer(0, lost=True)]
        self.send()
        self.assertEqual(row.state, "queued")
        self.assertTrue(row.attempt_date)
        self.take_in(
            {
                "type": "status",
                "key": "z1",
                "of": "out1",
                "state": "delivered",
                "reference": row._reference(),
                "at": NOON,
            }
        )
        self.assertEqual(row.state, "delivered")
        self.due_again(row)
        self.send()
        self.assertEqual(len(self.service.sent), 1)

    def test_lost_answer_and_no_word_of_it(self):
        """After a while without an echo or status it is sent again: rather twice than never."""
        row = self.answer()
        self.service.script = [Answer(0, lost=True)]
        self.send()
        self.due_again(row)
        self.send()
        self.assertEqual(len(self.service.sent), 1)
        self.due_again(row, attempt_date=fields.Datetime.now() - timedelta(minutes=5))
        self.send()
        self.assertEqual((row.state, len(self.service.sent)), ("sent", 2))

    def test_killed_while_sending(self):
        """A worker that is killed between request and record leaves a row that says so."""
        row = self.answer()

        def die(call):
            raise KeyboardInterrupt

        self.service.script = [die]
        commits = []
        with (
            self.online(),
            patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda *args, **kwargs: commits.append(1)),
            suppress(KeyboardInterrupt),  # assertRaises would undo what was written
        ):
            self.outbox._send_pending()
        self.assertTrue(commits, "nothing was committed before the request")
        self.assertEqual(row.state, "queued")
        self.assertTrue(row.attempt_date)
        self.assertGreater(row.next_attempt_date, fields.Datetime.now() + timedelta(minutes=4))
        self.take_in(said("Silakan coba lagi.", id="out77", is_echo=True, reference=row._reference()))
        self.assertEqual((row.state, row.external_id), ("sent", "out77"))

    def test_file(self):
        """Two requests: what is done of them is not done again after the second failed."""
        row = self.answer("lihat gambar")
        attachment = self.env["ir.attachment"].create({"name": "a.png", "raw": b"x", "mimetype": "image/png"})
        row.message_id.sudo().attachment_ids = attachment
        self.service.script = [None, Answer(503)]
        self.send()
        self.due_again(row)
        self.send()
        self.assertEqual([call.step for call in self.service.calls], ["upload", "send", "send"])
        self.assertEqual(self.service.sent[-1]["media"], ["media-1"])

    def test_public_and_private(self):
        """A comment is answered below it, or privately, as the agent chooses."""
        self.ticket = self.take_in(said("di sini", id="komentar", sender="9000", is_public=True)).ticket_id
        self.answer()
        self.answer("secara pribadi", mode="private")
        self.send()
        self.assertEqual(self.service.sent[0]["target"], "komentar")
        self.assertTrue(self.service.sent[1]["private_reply"])

    def test_too_long_is_refused_before_sending(self):
        with self.assertRaises(UserError):
            self.answer("x" * 1001)
        self.assertFalse(self.outbox.search([("ticket_id", "=", self.ticket.id)]))
        self.answer("x" * 1000)

    def test_file_the_service_does_not_take(self):
        attachment = self.env["ir.attachment"].create(
            {"name": "a.exe", "raw": b"x", "res_model": "mail.compose.message", "res_id": 0}
        )
        limits = plain.limits(None)
        self.assertEqual(limits.media["image"], MediaLimit(5_000_000, ("image/png", "image/jpeg")))
        with self.assertRaises(UserError):
            self.ticket.with_user(self.users["agent"]).sudo().message_post(
                body="lihat", message_type="comment", subtype_xmlid="mail.mt_comment", attachment_ids=attachment.ids
            )

    def test_window(self):
        """Free words within 24 hours; afterwards an approved template, which the composer offers."""
        limits = self.ticket.with_user(self.users["agent"]).get_answer_limits()
        self.assertTrue(limits["has_window"])
        self.assertGreater(limits["window_end"], fields.Datetime.to_string(fields.Datetime.now()))
        row = self.ticket.message_ids.helpdesk_outside_ids
        row.sudo().date = fields.Datetime.now() - timedelta(hours=25)
        with self.assertRaises(UserError):
            self.answer()
        with self.online():
            self.service.script = [
                Answer(
                    200,
                    body=json.dumps(
                        {
                            "templates": [
                                {
                                    "id": "1",
                                    "name": "kabar",
                                    "state": "approved",
                                    "body": "Halo {{1}}",
                                    "parameters": ["1"],
                                },
                                {"id": "2", "name": "lama", "state": "paused", "body": "Hai", "parameters": []},
                            ],
                            "next": "",
                        }
                    ).encode(),
                )
            ]
            self.channel.action_read_templates()
        offered = self.ticket.with_user(self.users["agent"]).get_answer_limits()["templates"]
        self.assertEqual([template["name"] for template in offered], ["kabar"])
        with self.assertRaises(UserError):
            self.answer("Halo", template_id=offered[0]["id"], values={"1": " "})
        sent = self.answer("apa pun", template_id=offered[0]["id"], values={"1": "Budi"})
        self.send()
        self.assertEqual(sent.state, "sent")
        self.assertEqual(self.service.sent[0]["template"], ["kabar", {"1": "Budi"}])
        self.assertIn("Halo Budi", sent.message_id.body)
        self.take_in({"type": "template", "key": "t1", "name": "kabar", "state": "paused"})
        self.assertFalse(self.ticket.get_answer_limits()["templates"])

    def test_watermark(self):
        """A customer who has read up to a time has read what was sent before it."""
        row = self.answer()
        self.send()
        now = int(fields.Datetime.now().timestamp())
        self.take_in({"type": "watermark", "key": "w1", "from": "8100", "state": "read", "at": now + 1})
        self.assertEqual(row.state, "read")

    def test_paused(self):
        row = self.answer()
        self.channel.with_user(self.users["supervisor"]).action_pause()
        self.send()
        self.assertEqual(row.state, "queued")
        self.channel.with_user(self.users["supervisor"]).action_resume()
        self.send()
        self.assertEqual(row.state, "sent")

    def test_nobody_to_send_it_to(self):
        """R23.c.3: an answer to somebody who never wrote on the channel is refused, not lost."""
        ticket = self.create_ticket(channel_id=self.channel.id)
        with self.assertRaises(UserError):
            self.agent_says(ticket, "halo")
        self.env["helpdesk.identity"].create({"kind": "telegram", "handle": "777", "partner_id": self.customer.id})
        with patch.object(plain, "limits", lambda account: Limits()):
            message = self.agent_says(ticket, "halo")
        self.assertEqual(self.outbox.search([("message_id", "=", message.id)]).recipient, "777")

    def test_moderation(self):
        """A public comment is hidden at the service, and shown so when the service has done it."""
        event = self.take_in(said("kasar", id="kasar", sender="9100", is_public=True))
        comment = event.message_id.helpdesk_outside_ids
        as_agent = comment.with_user(self.users["agent"])
        self.assertEqual(comment._to_browser()["actions"], ["hide"])
        as_agent.moderate("hide")
        with self.assertRaises(UserError):
            as_agent.moderate("like")
        self.assertFalse(comment.is_hidden)
        with self.online(), self.enter_registry_test_mode():
            self.env.ref("kemenkes_channels.ir_cron_moderation").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual((self.service.sent[0]["action"], comment.is_hidden), ("hide", True))
        self.assertEqual(comment._to_browser()["actions"], ["unhide"])

    def test_names_of_people(self):
        """Who is only a number in the messages is called by name as soon as the service tells it."""
        ticket = self.take_in(said("halo", sender="5550", name="")).ticket_id
        self.assertEqual(ticket.partner_name, "5550")
        with self.online(), self.enter_registry_test_mode():
            self.env.ref("kemenkes_channels.ir_cron_names").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual((ticket.partner_name, ticket.partner_id.name), ("Bot A", "Bot A"))
        self.assertNotIn("/people/8100", [call.url for call in self.service.calls])

    def test_watchers(self):
        """Browsers hear of the tickets that their user may read, and of no other."""
        foreign = self.create_ticket(product_id=self.product_b.id)
        wanted = [self.ticket.id, foreign.id, 10**9]
        sockets = self.env["ir.websocket"]
        self.assertEqual(sockets.with_user(self.users["agent"])._tickets_to_watch(wanted), self.ticket)
        self.assertFalse(sockets.with_user(self.env.ref("base.public_user"))._tickets_to_watch(wanted))
