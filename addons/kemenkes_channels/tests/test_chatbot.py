from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.kemenkes_channels.models.helpdesk_inbox_event import Item
from odoo.addons.kemenkes_channels.providers.records import Control, Handle, Person

from .livechat_common import LivechatCase, Visitor
from .meta_common import REFS, RINA, MetaCase
from .stores_common import StoresCase

NIK = "3275014505900004"
MENU = [("Sertifikat", "certificate"), ("Bicara dengan petugas", "person"), ("Cek tiket", "status"), ("Selesai", "end")]


def create_script(env):
    """A menu as the ministry's: certificate (name and NIK), ticket, person, end."""
    script = env["chatbot.script"].create({"title": "Asisten"})
    steps = env["chatbot.script.step"]

    def step(sequence, kind, message, *only_if):
        answers = [(6, 0, [answer.id for answer in only_if])] if only_if else []
        return steps.create(
            {
                "chatbot_script_id": script.id,
                "sequence": sequence,
                "step_type": kind,
                "message": message,
                "triggering_answer_ids": answers,
            }
        )

    menu = steps.create(
        {
            "chatbot_script_id": script.id,
            "sequence": 1,
            "step_type": "question_selection",
            "message": "Apa yang bisa kami bantu?",
            "answer_ids": [(0, 0, {"name": name, "sequence": number}) for number, (name, _key) in enumerate(MENU)],
        }
    )
    options = {key: answer for (_name, key), answer in zip(MENU, menu.answer_ids.sorted(), strict=True)}
    step(2, "question_name", "Siapa nama Anda?", options["certificate"])
    step(3, "question_nik", "Berapa NIK Anda?", options["certificate"])
    step(4, "lookup_ticket", "Berapa nomor tiket Anda?", options["status"])
    step(5, "solve_ticket", "Sehat selalu!", options["end"], options["status"])
    step(9, "forward_operator", "Kami hubungkan dengan petugas.", options["certificate"], options["person"])
    return script, options


@tagged("post_install", "-at_install")
class TestChatbotOnTelegram(StoresCase):
    """R23.c.1: a chatbot on Telegram: buttons out and answered, checked facts, a person with what was said."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.script, cls.options = create_script(cls.env)
        cls.channel = cls.channels["telegram"]
        cls.channel.chatbot_script_id = cls.script

    @property
    def ticket(self):
        return self.env["helpdesk.ticket"].search([("channel_id", "=", self.channel.id)], order="id desc", limit=1)

    def press(self, key):
        """Press a button of the bot's last question."""
        self.send()
        asked = [said for said in self.played.fakes["telegram"].said.values() if said.buttons][-1]
        button = next(button for button in asked.buttons if button["id"] == f"answer:{self.options[key].id}")
        self.act("telegram", "press", target=str(asked.number), payload=button["id"])
        self.send()

    def bot_words(self):
        """What the citizen got, oldest first."""
        self.send()
        return [asked.json["text"] for asked in self.asked("telegram", "/sendMessage")]

    def test_menu_to_person(self):
        self.act("telegram", text="Halo")
        ticket = self.ticket
        self.assertEqual((ticket.holder, ticket.holder_name, ticket.user_id.id), ("bot", "Asisten", False))
        self.send()
        (asked,) = self.asked("telegram", "/sendMessage")
        keys = [row[0]["text"] for row in asked.json["reply_markup"]["inline_keyboard"]]
        self.assertEqual(keys, [name for name, _key in MENU])
        self.press("certificate")
        self.run_job("kemenkes_channels.ir_cron_moderation")
        self.assertEqual(len(self.played.fakes["telegram"].answered_queries), 1, "the clock on the button is gone")
        self.act("telegram", text="Rina Contoh Sari")
        for wrong in ("bukan angka", "1234567890123456"):
            self.act("telegram", text=wrong)
            self.assertEqual(ticket.holder, "bot")
        self.act("telegram", text="3275 0145 0590 0004")
        words = self.bot_words()
        self.assertEqual((words[1], words[2], words[-1]),
                         ("Siapa nama Anda?", "Berapa NIK Anda?", "Kami hubungkan dengan petugas."))  # fmt: skip
        self.assertEqual(len(words), 6, "two refusals were said")
        self.assertEqual((ticket.holder, ticket.partner_name), ("people", "Rina Contoh Sari"))
        note = ticket.message_ids.filtered(lambda message: "Asisten" in (message.body or ""))[:1]
        for fact in ("Sertifikat", "Rina Contoh Sari", NIK):
            self.assertIn(fact, note.body)
        self.assertNotIn(NIK, note.with_user(self.users["quality"]).read(["body"])[0]["body"])
        self.assertFalse(ticket.first_response_date, "a bot's words stop no clock")
        self.assertEqual(self.kinds_of(ticket).count("message_auto"), 6)
        self.act("telegram", text="Masih di sana?")
        self.assertEqual(len(self.bot_words()), 6, "people hold it")

    def test_wants_a_person(self):
        """Whoever writes "petugas", or is not understood three times, gets a person."""
        self.act("telegram", text="Halo")
        self.act("telegram", text="Petugas!")
        self.assertEqual(self.ticket.holder, "people")
        self.ticket.active = False
        self.act("telegram", text="Halo")
        for _time in range(3):
            self.assertEqual(self.ticket.holder, "bot")
            self.act("telegram", text="xyz")
        self.assertEqual(self.ticket.holder, "people")

    def test_agent_takes_over_and_hands_back(self):
        """R23.c.1: from the workspace; the bot begins anew, and the ticket is nobody's meanwhile."""
        self.act("telegram", text="Halo")
        ticket = self.ticket.with_user(self.users["agent"])
        workspace = self.env["helpdesk.workspace"].with_user(self.users["agent"])
        shown = workspace.refresh_ticket(ticket.id)
        self.assertEqual((shown["holder"], shown["can_give_to_bot"]), ("bot", False))
        with self.assertRaises(UserError):
            ticket.action_give_to_bot()
        ticket.action_take()
        shown = workspace.refresh_ticket(ticket.id)
        self.assertEqual((shown["holder"], shown["can_give_to_bot"]), ("people", True))
        before = len(self.bot_words())
        ticket.action_give_to_bot()
        self.assertEqual((ticket.holder, ticket.user_id.id), ("bot", False))
        self.assertEqual(self.bot_words()[before:], ["Apa yang bisa kami bantu?"])
        self.act("telegram", text="Petugas!")
        self.assertEqual(ticket.holder, "people")

    def test_look_up(self):
        """A ticket is told to its own customer only; then the bot solves, and a discontent customer gets people."""
        foreign = self.create_ticket()
        self.act("telegram", text="Halo")
        own = self.create_ticket(partner_id=self.ticket.partner_id.id)
        self.press("status")
        self.act("telegram", text=foreign.ticket_ref)
        self.assertNotIn(foreign.stage_id.name, self.bot_words()[-1])
        self.act("telegram", text=own.ticket_ref.lower())
        words = self.bot_words()
        self.assertIn(own.ticket_ref, words[-2])
        self.assertEqual(words[-1], "Sehat selalu!")
        ticket = self.ticket.search([("channel_id", "=", self.channel.id)])
        self.assertEqual(ticket.stage_kind, "solved")
        self.act("telegram", text="Belum selesai")
        self.assertEqual((ticket.stage_kind, ticket.holder), ("open", "people"))

    def test_agent_takes_over(self):
        """An agent who answers holds the conversation; the script is over."""
        self.act("telegram", text="Halo")
        self.agent_says(self.ticket, "Saya bantu langsung ya.")
        self.assertEqual((self.ticket.holder, self.ticket.user_id), ("people", self.users["agent"]))
        self.act("telegram", text="1")
        self.assertEqual(self.bot_words()[-1], "Saya bantu langsung ya.")

    def test_failing_bot(self):
        """A script that can't go on loses nothing."""
        self.act("telegram", text="Halo")
        self.script.script_step_ids[0].unlink()
        self.act("telegram", text="Tolong")
        self.assertEqual(self.ticket.holder, "people")
        self.assertIn("Tolong", [str(message.preview) for message in self.ticket.message_ids])


@tagged("post_install", "-at_install")
class TestChatbotOnMeta(MetaCase):
    """R23.c.1: the same script on WhatsApp (a list) and Messenger (quick replies); reactions go out."""

    def begin(self, kind):
        self.script, options = create_script(self.env)
        self.channels[kind].chatbot_script_id = self.script
        self.graph.act(kind, RINA, "text", {"text": "Halo"})
        self.bring()
        self.send()
        ticket = self.env["helpdesk.ticket"].search([("channel_id", "=", self.channels[kind].id)])
        self.assertEqual(ticket.holder, "bot")
        return ticket, options

    def press(self, kind, option):
        self.graph.act(kind, RINA, "press", {"payload": f"answer:{option.id}", "text": option.name, "target": ""})
        self.bring()
        self.send()

    def test_whatsapp(self):
        ticket, options = self.begin("whatsapp")
        (asked,) = self.asked(f"/{REFS['whatsapp']}/messages")
        self.assertEqual(asked.json["interactive"]["type"], "list")
        rows = asked.json["interactive"]["action"]["sections"][0]["rows"]
        self.assertEqual([row["title"] for row in rows], [name for name, _key in MENU])
        self.press("whatsapp", options["person"])
        self.assertEqual(ticket.holder, "people")
        heard = ticket.message_ids.filtered(lambda message: message.helpdesk_direction == "in")[:1]
        agent = self.users["agent"].partner_id
        heard.with_user(self.users["agent"]).sudo()._message_reaction("👍", "add", agent, self.env["mail.guest"])
        self.run_job("kemenkes_channels.ir_cron_moderation")
        sent = self.asked(f"/{REFS['whatsapp']}/messages")[-1].json
        self.assertEqual((sent["type"], sent["reaction"]["emoji"]), ("reaction", "👍"))

    def test_messenger(self):
        ticket, options = self.begin("messenger")
        asked = self.asked(f"/{REFS['messenger']}/messages")[-1]
        replies = asked.json["message"]["quick_replies"]
        self.assertEqual([reply["title"] for reply in replies], [name[:20] for name, _key in MENU])
        self.press("messenger", options["end"])
        self.assertEqual(ticket.stage_kind, "solved")

    def test_another_application(self):
        """Messenger's handover: who else holds a conversation stands on the ticket, and when it comes back."""
        self.graph.act("messenger", RINA, "text", {"text": "Halo"})
        self.bring()
        ticket = self.env["helpdesk.ticket"].search([("channel_id", "=", self.channels["messenger"].id)])
        outside = ticket.message_ids.helpdesk_outside_ids
        for owner, holder in (("other", "other"), ("us", "people")):
            person = Person((Handle("messenger", outside.recipient),))
            item = Item(self.inbox.browse(), Control(key=owner, owner=owner, sender=person), self.channels["messenger"])
            self.inbox._take_controls([item])
            self.assertEqual(ticket.holder, holder)

    def hold(self, owner="other"):
        """A conversation on Messenger that another application holds; its ticket."""
        self.graph.act("messenger", RINA, "text", {"text": "Halo"})
        self.bring()
        ticket = self.env["helpdesk.ticket"].search([("channel_id", "=", self.channels["messenger"].id)], limit=1)
        ticket._give_to_people()
        person = Person((Handle("messenger", ticket.message_ids.helpdesk_outside_ids[:1].recipient),))
        item = Item(self.inbox.browse(), Control(key=owner, owner=owner, sender=person), self.channels["messenger"])
        self.inbox._take_controls([item])
        self.assertEqual(ticket.holder, owner)
        return ticket

    def routed(self, path):
        self.run_job("kemenkes_channels.ir_cron_moderation")
        return [asked.json for asked in self.asked(f"/{REFS['messenger']}/{path}")]

    def test_conversation_is_taken(self):
        """R23.c.1: who takes the ticket, or answers on it, takes the conversation at the service as well."""
        for take in (
            lambda ticket: ticket.with_user(self.users["agent"]).action_take(),
            lambda ticket: self.agent_says(ticket, "Kami lanjutkan."),
        ):
            ticket = self.hold()
            self.graph.taken.clear()
            take(ticket)
            self.assertEqual(ticket.holder, "people")
            (asked,) = self.routed("take_thread_control")
            self.assertEqual(asked["recipient"], {"id": ticket.message_ids.helpdesk_outside_ids[:1].recipient})
            ticket.active = False

    def test_conversation_that_comes_back(self):
        """What the service tells us needs no answer."""
        ticket = self.hold()
        person = Person((Handle("messenger", ticket.message_ids.helpdesk_outside_ids[:1].recipient),))
        item = Item(self.inbox.browse(), Control(key="us", owner="us", sender=person), self.channels["messenger"])
        self.inbox._take_controls([item])
        self.assertEqual(ticket.holder, "people")
        self.assertFalse(self.routed("take_thread_control"))

    def test_conversation_is_passed(self):
        """R23.c.1: an agent passes the conversation to the other application; refused, it stays with people."""
        ticket = self.hold()
        agent = ticket.with_user(self.users["agent"])
        agent.action_take()
        self.assertFalse(agent.can_pass_conversation)
        with self.assertRaises(UserError):
            agent.action_pass_conversation()
        option = self.channels["messenger"].option_ids.filtered(lambda option: option.name == "handover_to")
        option.value = "100000000000003"
        agent.invalidate_recordset()
        self.assertTrue(agent.can_pass_conversation)
        agent.action_pass_conversation()
        self.assertEqual((ticket.holder, ticket.user_id.id), ("other", False))
        (asked,) = self.routed("pass_thread_control")
        self.assertEqual((asked["target_app_id"], asked["metadata"]), ("100000000000003", ticket.ticket_ref))
        agent.action_take()
        agent.action_pass_conversation()
        # the request of the take before it, too
        self.graph.fail_next(*[self.graph.fault_named("permission")] * 2)
        self.routed("pass_thread_control")
        self.assertEqual(ticket.holder, "people")


@tagged("post_install", "-at_install")
class TestChatbotInLivechat(LivechatCase):
    """R23.c.1: Odoo's chatbot in the live chat: the same script, the visitor's browser asks for each step."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.script, cls.options = create_script(cls.env)
        cls.env["im_livechat.channel.rule"].create(
            {"channel_id": cls.channel.livechat_id.id, "chatbot_script_id": cls.script.id}
        )

    def begin(self, key):
        visitor = Visitor(self, self.channel, self.script)
        visitor.say(self.options[key].name, self.options[key])
        self.env.invalidate_all()
        return visitor

    def test_menu_to_person(self):
        self.set_online()
        visitor = self.begin("certificate")
        ticket = visitor.ticket
        self.assertEqual((ticket.holder, ticket.holder_name), ("bot", "Asisten"))
        self.assertEqual(self.thread_of(ticket)[0], ("auto", "Apa yang bisa kami bantu?"))
        visitor.say("Budi Santoso")
        visitor.say("123")
        self.assertIn("16", visitor.heard()[-1])
        visitor.say(NIK)
        self.env.invalidate_all()
        self.assertEqual((ticket.holder, ticket.partner_name), ("people", "Budi Santoso"))
        self.assertTrue(visitor.chat.helpdesk_wait_date)
        notes = "".join(str(message.body) for message in ticket.message_ids if not message.helpdesk_direction)
        for fact in ("Sertifikat", "Budi Santoso", NIK):
            self.assertIn(fact, notes)
        visitor.say("Halo?")
        self.assertFalse(visitor.chat.livechat_end_dt, "the script does not go on")
        ticket.user_id = self.agent
        self.assertEqual(visitor.chat.livechat_operator_id, self.agent.partner_id)

    def test_wants_a_person(self):
        visitor = self.begin("certificate")
        visitor.say("petugas")
        self.env.invalidate_all()
        self.assertEqual(visitor.ticket.holder, "people")

    def test_agent_takes_over(self):
        visitor = self.begin("certificate")
        visitor.ticket.with_user(self.agent).action_take()
        self.assertEqual(visitor.ticket.holder, "people")
        visitor.say("Budi")
        self.assertNotIn("Berapa NIK Anda?", visitor.heard())

    def test_only_buttons(self):
        """Who only pressed buttons and left wants nothing; who wrote words gets an answer."""
        visitor = self.begin("certificate")
        visitor.leave()
        self.env.invalidate_all()
        self.assertEqual(visitor.ticket.stage_kind, "solved")
        writer = self.begin("certificate")
        writer.say("Budi Santoso")
        writer.leave()
        self.env.invalidate_all()
        self.assertEqual((writer.ticket.stage_kind, writer.ticket.holder), ("new", "people"))

    def test_rights(self):
        """R7: who can't see a ticket can't see the chatbot's session of it."""
        session = self.env["helpdesk.chatbot.session"].create(
            {"ticket_id": self.create_ticket().id, "script_id": self.script.id, "facts": [["NIK?", NIK]]}
        )
        stranger = self.create_user("stranger", "group_agent", products=self.product_b)
        self.assertFalse(session.with_user(stranger).search([("id", "=", session.id)]))
        self.assertTrue(session.with_user(self.agent).search([("id", "=", session.id)]))
        with self.assertRaises(AccessError):
            session.with_user(self.agent).read(["facts"])
