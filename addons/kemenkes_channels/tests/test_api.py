from datetime import timedelta

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.kemenkes_channels.tests.api_common import ApiCase
from odoo.addons.kemenkes_channels.tests.review_common import ReviewStores, play_review
from odoo.addons.kemenkes_helpdesk.tools.personal_data import MASK


@tagged("post_install", "-at_install")
class TestApiReviews(ApiCase, ReviewStores):
    """R23.c.2, R26.a, R28.b.1: app reviews for other systems: listed, read, answered."""

    def setUp(self):
        super().setUp()
        self.bad, self.good = self.take_play(
            play_review(1, "Tidak bisa masuk", 1, device="a51", appVersionName="2.1"), play_review(2, "Bagus", 5)
        )

    def numbers(self, query="", login="agent"):
        found = self.ask("GET", f"/reviews?product_id={self.product_a.id}&{query}", login=login, status=200)
        return {row["id"] for row in found.json()["data"]} & set((self.bad | self.good).ids)

    def test_list(self):
        self.assertEqual(self.numbers(), set((self.bad | self.good).ids))
        self.assertEqual(self.numbers("stars=1"), set(self.bad.ids))
        self.assertEqual(self.numbers("store=appstore"), set())
        self.assertEqual(self.numbers("state=unanswered&written_to=2026-11-24T01:00:00Z"), set())
        self.assertEqual(self.numbers("written_from=2026-11-24T01:59:00Z&stars=5"), set(self.good.ids))
        self.ask("GET", "/reviews?stars=6", status=422)
        told = self.ask("GET", f"/reviews/{self.bad.id}", status=200).json()
        self.assertEqual(
            (told["store"], told["stars"], told["text"], told["app_version"], told["written_at"], told["state"]),
            ("playstore", 1, "Tidak bisa masuk", "2.1", "2026-11-24T02:00:00Z", "unanswered"),
        )

    def test_answer(self):
        answered = self.ask("POST", f"/reviews/{self.bad.id}/answer", {"text": "Mohon perbarui."}, status=200).json()
        self.assertEqual((answered["answer"], answered["answer_state"]), ("Mohon perbarui.", "queued"))
        self.assertEqual(answered["ticket"]["id"], self.bad.ticket_id.id)
        row = self.outbox_of(self.bad)
        self.assertEqual((row.channel_id, row.state), (self.play, "queued"))
        for text in ("x" * 351, "Kirim NIK Anda", ""):
            self.ask("POST", f"/reviews/{self.good.id}/answer", {"text": text}, status=422)
        self.assertFalse(self.outbox_of(self.good) if self.good.ticket_id else False)

    def test_rights(self):
        """R7: another product's reviews aren't there; who only reads answers none."""
        stranger = self.create_user("luar", "group_agent", products=self.product_b, sites=self.site_east)
        self.users["luar"] = stranger
        self.addClassCleanup(self.users.pop, "luar", None)
        self.assertFalse(self.numbers(login="luar"))
        self.ask("GET", f"/reviews/{self.bad.id}", login="luar", status=404)
        self.ask("POST", f"/reviews/{self.bad.id}/answer", {"text": "Halo"}, login="luar", status=404)
        self.ask("POST", f"/reviews/{self.bad.id}/answer", {"text": "Halo"}, login="analyst", status=403)


@tagged("post_install", "-at_install")
class TestApiBots(ApiCase):
    """R23.c.1, R23.c.2: an outside bot takes a conversation, answers in it and hands it over with what was said."""

    def setUp(self):
        super().setUp()
        self.ticket = self.create_ticket()
        self.path = f"/tickets/{self.ticket.id}"

    def test_a_conversation(self):
        self.ask("POST", f"{self.path}/bot-messages", {"text": "Halo"}, status=422)
        held = self.ask("POST", f"{self.path}/hold", {"name": "Sapa Sehat"}, status=200).json()
        self.assertEqual((held["holder"], held["holder_name"]), ("outside_bot", "Sapa Sehat"))
        said = self.ask("POST", f"{self.path}/bot-messages", {"text": "Apa NIK Anda?\n<b>"}, status=201).json()
        self.assertEqual(said["text"], "Apa NIK Anda?\n<b>")
        row = self.env["helpdesk.outbox.message"].search([("ticket_id", "=", self.ticket.id)])
        self.assertEqual((row.state, row.message_id.helpdesk_direction), ("queued", "auto"))
        self.assertFalse(self.ticket.first_response_date, "a bot's words stop no clock")
        over = self.ask(
            "POST", f"{self.path}/hand-over", {"reason": "Minta orang", "summary": "NIK sudah dicek"}, status=200
        ).json()
        self.assertEqual((over["holder"], over["holder_name"]), ("people", None))
        notes = "".join(str(message.body) for message in self.ticket.message_ids if not message.helpdesk_direction)
        self.assertIn("NIK sudah dicek", notes)
        self.assertEqual(
            [kind for kind in self.kinds_of(self.ticket) if "h" in kind and "_" in kind][-1], "handed_over"
        )
        self.ask("POST", f"{self.path}/bot-messages", {"text": "Masih di sini"}, status=422)

    def test_people_go_first(self):
        """R23.c.1: who has an agent is not taken; an agent who answers takes it from the bot."""
        self.ask("POST", f"{self.path}/hold", {}, status=200)
        self.agent_says(self.ticket, "Saya bantu.")
        self.assertEqual(self.ask("GET", self.path, status=200).json()["holder"], "people")
        self.ask("POST", f"{self.path}/hold", {"name": "Sapa Sehat"}, status=422)
        self.assertEqual(self.ticket.holder, "people")

    def test_rights(self):
        secret = self.make_key("leader", scopes=["tickets:read", "messages:read"])
        self.ask("POST", f"{self.path}/hold", {}, secret=secret, status=403)
        for login in ("analyst", "viewer"):
            self.ask("POST", f"{self.path}/hold", {}, login=login, status=403)
        foreign = self.create_ticket(product_id=self.product_b.id, site_id=self.site_east.id)
        foreign.team_id = self.env["helpdesk.team"].create({"name": "Timur", "tier": "1", "site_id": self.site_east.id})
        self.ask("POST", f"/tickets/{foreign.id}/hold", {}, status=404)


@tagged("post_install", "-at_install")
class TestApi(ApiCase):
    """R23.c.2: tickets, messages, customers and categories for other systems, over HTTP."""

    def test_ticket_from_birth_to_end(self):
        channel = self.create_channel("api", name="SATUSEHAT", product_id=self.product_a.id)
        self.make_key("agent", channel_id=channel.id)
        made = self.ask(
            "POST",
            "/tickets",
            {
                "subject": "Tidak bisa masuk",
                "description": "Kode OTP tidak datang.\nSudah tiga kali.",
                "customer": {"name": "Budi", "email": "Budi@Customer.Example"},
                "priority": "2",
            },
            status=201,
        ).json()
        ticket = self.env["helpdesk.ticket"].browse(made["id"])
        self.assertEqual(ticket.channel_id, channel)
        self.assertEqual(ticket.partner_email_normalized, "budi@customer.example")
        self.assertEqual(ticket.product_id, self.product_a)
        self.assertEqual(ticket.create_uid, self.users["agent"])
        self.assertEqual(made["product"], {"id": self.product_a.id, "name": "Product A"})
        self.assertIn("message_in", self.kinds_of(ticket))
        self.ask("POST", f"/tickets/{ticket.id}/messages", {"kind": "agent", "text": "Kami periksa."}, status=201)
        self.ask("POST", f"/tickets/{ticket.id}/messages", {"kind": "note", "text": "OTP macet."}, status=201)
        self.ask("POST", f"/tickets/{ticket.id}/messages", {"kind": "customer", "text": "Terima kasih"}, status=201)
        told = self.ask("GET", f"/tickets/{ticket.id}/messages", status=200).json()["data"]
        self.assertEqual([message["kind"] for message in told], ["customer", "agent", "note", "customer"])
        self.assertIn("Sudah tiga kali.", told[0]["text"])
        changed = self.ask(
            "PATCH",
            f"/tickets/{ticket.id}",
            {"category_id": self.category_otp.id, "priority": "3", "stage_kind": "solved"},
            status=200,
        ).json()
        self.assertEqual((changed["stage_kind"], changed["priority"]), ("solved", "3"))
        self.assertTrue(changed["solved_at"].endswith("Z"))
        self.ask("PATCH", f"/tickets/{ticket.id}", {"stage_kind": "open", "agent_id": None}, status=200)
        self.assertEqual(ticket.stage_kind, "open")
        event = self.env["helpdesk.event"].search([("ticket_id", "=", ticket.id), ("kind", "=", "created")])
        self.assertEqual((event.user_id, event.real_user_id), (self.users["agent"], self.users["agent"]))

    def test_stranger(self):
        """Without a key, with a wrong one, a withdrawn, an expired or one of Odoo's own: nothing."""
        self.assertEqual(self.ask("GET", "/tickets", secret="", status=401).headers["WWW-Authenticate"], "Bearer")
        self.ask("GET", "/tickets", secret="0" * 40, status=401)
        general = self.env["res.users.apikeys"].with_user(self.users["manager"]).sudo()._generate(None, "umum", None)
        self.ask("GET", "/tickets", secret=general, status=401)
        secret = self.make_key("agent")
        self.ask("GET", "/tickets", status=200)
        self.keys["agent"].action_revoke()
        self.ask("GET", "/tickets", secret=secret, status=401)
        secret = self.make_key("agent")
        self.keys["agent"].expiration_date = fields.Datetime.now() - timedelta(minutes=1)
        self.ask("GET", "/tickets", secret=secret, status=401)
        secret = self.make_key("agent")
        self.users["agent"].active = False
        self.ask("GET", "/tickets", secret=secret, status=401)

    def test_key_of_the_api_opens_nothing_else(self):
        secret = self.make_key("manager")
        answer = self.url_open(
            "/json/2/res.users/search_read",
            data="{}",
            headers={"Authorization": f"Bearer {secret}", "Content-Type": "application/json"},
        )
        self.assertEqual(answer.status_code, 401)

    def test_new_key_ends_the_old_one(self):
        old = self.make_key("agent")
        new = self.keys["agent"].action_make_key()["context"]["default_key"]
        self.ask("GET", "/tickets", secret=old, status=401)
        self.ask("GET", "/tickets", secret=new, status=200)
        rows = self.env["helpdesk.event"].search([("target_user_id", "=", self.users["agent"].id)])
        self.assertEqual([row.kind for row in rows][:3], ["rights_changed"] * 3)

    def test_scopes(self):
        self.make_key("agent", scopes=["tickets:read"])
        ticket = self.create_ticket()
        self.ask("GET", f"/tickets/{ticket.id}", status=200)
        for method, path, body in (
            ("POST", "/tickets", {"subject": "x"}),
            ("PATCH", f"/tickets/{ticket.id}", {"priority": "3"}),
            ("GET", f"/tickets/{ticket.id}/messages", None),
            ("GET", "/customers", None),
            ("GET", "/categories", None),
            ("GET", "/reviews", None),
        ):
            self.ask(method, path, body, status=403)

    def test_rights_are_those_of_the_account(self):
        """R7, R27.a.3: another product's ticket isn't there; readers read, and change nothing."""
        own = self.create_ticket()
        foreign = self.create_ticket(product_id=self.product_b.id, site_id=self.site_east.id)
        foreign.team_id = self.env["helpdesk.team"].create({"name": "Timur", "tier": "1", "site_id": self.site_east.id})
        writers = ("agent", "expert", "leader", "supervisor", "operation_manager", "manager")
        for login in self.users:
            with self.subTest(login):
                seen = [ticket["id"] for ticket in self.ask("GET", "/tickets?limit=200", login=login).json()["data"]]
                everything = login in ("operation_manager", "manager")
                self.assertIn(own.id, seen)
                self.assertEqual(foreign.id in seen, everything)
                self.ask("GET", f"/tickets/{foreign.id}", login=login, status=200 if everything else 404)
                status = 200 if login in writers else 403
                self.ask("PATCH", f"/tickets/{own.id}", {"priority": "3"}, login=login, status=status)
                words = {"kind": "agent", "text": "Halo"}
                status = 201 if login in writers else 403
                self.ask("POST", f"/tickets/{own.id}/messages", words, login=login, status=status)
                words["kind"] = "customer"
                self.ask("POST", f"/tickets/{own.id}/messages", words, login=login, status=status)
                self.ask("POST", "/tickets", {"subject": "Baru"}, login=login, status=status)

    def test_personal_data_is_masked_as_for_the_account(self):
        ticket = self.create_ticket(description="NIK saya 3171234567890123")
        self.customer_says(ticket, "Telepon 081234567890")
        for login in ("agent", "analyst", "viewer", "manager"):
            with self.subTest(login):
                answer = self.ask("GET", f"/tickets/{ticket.id}", login=login, status=200).json()
                self.assertIn(MASK, answer["customer"]["email"])
                self.assertNotIn("siti@customer", str(answer))
                self.assertEqual("3171234567890123" in answer["description"], login in ("agent", "manager"))
                said = self.ask("GET", f"/tickets/{ticket.id}/messages", login=login, status=200).json()
                self.assertEqual("081234567890" in str(said), login in ("agent", "manager"))
        self.users["analyst"].group_ids += self.env.ref("kemenkes_helpdesk.group_personal_data")
        answer = self.ask("GET", f"/tickets/{ticket.id}", login="analyst", status=200).json()
        self.assertEqual(answer["customer"]["email"], "siti@customer.example")

    def test_customers(self):
        self.create_ticket()
        made = self.ask("POST", "/customers", {"name": "Rina", "phone": "0813 9999 8888"}, status=201).json()
        again = self.ask("POST", "/customers", {"phone": "+62 813-9999-8888"}, status=201).json()
        self.assertEqual(made["id"], again["id"])
        found = self.ask("GET", "/customers?email=SITI@customer.example", status=200).json()["data"]
        self.assertEqual([customer["id"] for customer in found], [self.customer.id])
        self.ask("GET", f"/customers/{self.customer.id}", status=200)
        # what was made is there, for who made it; a ticket that the account doesn't see ends that
        self.assertEqual(self.ask("GET", f"/customers/{made['id']}", status=200).json(), made)
        self.ask("GET", f"/customers/{made['id']}", login="leader", status=404)
        team = self.env["helpdesk.team"].create({"name": "Timur", "tier": "1", "site_id": self.site_east.id})
        elsewhere = {"team_id": team.id, "site_id": self.site_east.id, "product_id": self.product_b.id}
        self.create_ticket(partner_id=made["id"], **elsewhere)
        self.ask("GET", f"/customers/{made['id']}", status=404)
        # a colleague is no customer
        self.ask("GET", f"/customers/{self.users['leader'].partner_id.id}", status=404)
        refused = self.ask("POST", "/customers", {"email": "bukan alamat"}, status=422)
        self.assertEqual(list(self.faults(refused)), ["/email"])
        self.ask("POST", "/customers", {"phone": "0813"}, login="analyst", status=403)

    def test_pages_hold_everything_once(self):
        tickets = self.env["helpdesk.ticket"].union(*(self.create_ticket(name=f"T{count}") for count in range(7)))
        for sort in ("newest", "oldest", "updated"):
            with self.subTest(sort):
                seen, cursor = [], ""
                while cursor is not None:
                    path = f"/tickets?limit=3&sort={sort}&product_id={self.product_a.id}&cursor={cursor}".rstrip("=")
                    page = self.ask("GET", path.removesuffix("&cursor"), status=200).json()
                    seen += [ticket["id"] for ticket in page["data"]]
                    cursor = page["next_cursor"]
                    if cursor and sort == "newest" and len(seen) == 3:
                        self.create_ticket(name="Sementara itu")
                own = [number for number in seen if number in tickets.ids]
                self.assertEqual(len(own), len(set(own)))
                self.assertEqual(sorted(own), sorted(tickets.ids))
        for cursor in ("abc", "W10", "WyJ4Il0", "%00"):
            refused = self.ask("GET", f"/tickets?cursor={cursor}", status=422)
            self.assertEqual(list(self.faults(refused)), ["?cursor"])

    def test_filters(self):
        ticket = self.create_ticket(category_id=self.category_otp.id)
        other = self.create_ticket(name="Lain", priority="3")
        for query, found in (
            (f"category_id={self.category.id}", ticket),
            ("priority=3", other),
            (f"reference={other.ticket_ref}", other),
            ("stage_kind=new,open&search=lain", other),
            ("stage_kind=closed", self.env["helpdesk.ticket"]),
            ("created_from=2100-01-01T00:00:00Z", self.env["helpdesk.ticket"]),
            (f"customer_id={self.customer.id}&created_to=2100-01-01T07:00:00%2B07:00", ticket | other),
        ):
            with self.subTest(query):
                answer = self.ask("GET", f"/tickets?product_id={self.product_a.id}&{query}", status=200).json()
                numbers = {row["id"] for row in answer["data"]} & set((ticket | other).ids)
                self.assertEqual(numbers, set(found.ids))

    def test_what_is_wrong_is_told(self):
        """Every fault at once, each at its place, in the account's language; nothing is done."""
        self.env["res.lang"]._activate_lang("id_ID")
        before = self.env["helpdesk.ticket"].search_count([])
        refused = self.ask(
            "POST",
            "/tickets",
            {"priority": "9", "subjct": "x", "customer": {"name": 5}, "product_id": 0},
            status=422,
        )
        self.assertEqual(
            set(self.faults(refused)), {"/subject", "/priority", "/subjct", "/customer/name", "/product_id"}
        )
        refused = self.ask("POST", "/tickets", {"subject": "x", "product_id": 999_999_999}, status=422)
        self.assertEqual(list(self.faults(refused)), ["/product_id"])
        refused = self.ask("POST", "/tickets", {"subject": "x", "product_id": self.product_b.id}, status=403)
        self.assertNotIn("helpdesk.ticket", refused.text)
        for raw in (b"", b"{", b"\xff", b"[" * 100_000, b'{"subject": NaN}', b'{"subject": "\\ud800"}'):
            self.ask("POST", "/tickets", raw, status=400)
        self.ask("POST", "/tickets", b'{"subject": "a\\u0000"}', status=422)
        self.ask("POST", "/tickets", b"<a/>", Content_Type="text/xml", status=415)
        self.ask("POST", "/tickets", b" " * (1024 * 1024 + 1), status=413)
        for query in ("limit=0", "limit=x", "limit=1&limit=2", "nope=1", "stage_kind=x", "created_from=2026-01-01"):
            self.ask("GET", f"/tickets?{query}", status=422)
        self.assertEqual(self.ask("DELETE", "/tickets", status=405).headers["Allow"], "GET, POST")
        self.ask("GET", "/tickets/99999999999999", status=404)
        self.ask("GET", "/nowhere", status=404)
        self.assertEqual(self.env["helpdesk.ticket"].search_count([]), before)
        self.users["agent"].lang = "id_ID"
        self.assertIn("wajib", self.ask("POST", "/tickets", {}, status=422).text)

    def test_fault_of_the_server_tells_nothing(self):
        self.patch(self.registry["helpdesk.api"], "_do_list_tickets", lambda *_args, **_options: {}["rahasia"])
        with mute_logger("odoo.addons.kemenkes_channels.controllers.api_dispatcher"):
            answer = self.ask("GET", "/tickets", status=500)
        self.assertNotIn("rahasia", answer.text)
        self.assertTrue(answer.json()["instance"].startswith("urn:uuid:"))

    def test_named_request_is_done_once(self):
        body = {"subject": "Sekali saja"}
        first = self.ask("POST", "/tickets", body, Idempotency_Key="a-1", status=201)
        again = self.ask("POST", "/tickets", body, Idempotency_Key="a-1", status=201)
        self.assertEqual(first.json(), again.json())
        self.ask("POST", "/tickets", {"subject": "Lain"}, Idempotency_Key="a-1", status=422)
        for name in ("a 1", "", "é".encode()):
            self.ask("POST", "/tickets", body, Idempotency_Key=name, status=422)
        self.assertEqual(self.env["helpdesk.ticket"].search_count([("name", "=", "Sekali saja")]), 1)
        # another key's names are its own
        self.ask("POST", "/tickets", body, Idempotency_Key="a-1", login="leader", status=201)
        # what was refused was not done: mended, it may be sent under the same name
        self.ask("POST", "/tickets", {}, Idempotency_Key="a-2", status=422)
        self.ask("POST", "/tickets", body, Idempotency_Key="a-2", status=201)
        self.env.cr.execute("UPDATE helpdesk_api_answer SET create_date = create_date - interval '25 hours'")
        self.env["helpdesk.api.answer"]._gc_old()
        self.assertFalse(self.env["helpdesk.api.answer"].sudo().search([]))

    def test_too_many(self):
        self.make_key("agent", rate_limit=3)
        left = [self.ask("GET", "/teams", status=200).headers["RateLimit-Remaining"] for _count in range(2)]
        # a refused request counts as well
        self.ask("GET", "/teams?x=1", status=422)
        refused = self.ask("GET", "/teams", status=429)
        self.assertEqual(left, ["2", "1"])
        self.assertIn(int(refused.headers["Retry-After"]), range(1, 62))
        self.env["helpdesk.rate.limit"].sudo().search([]).date = fields.Datetime.now() - timedelta(seconds=61)
        self.ask("GET", "/teams", status=200)

    def test_guessing_is_slowed_down(self):
        for _count in range(30):
            self.ask("GET", "/teams", secret="tebakan", status=401)
        self.ask("GET", "/teams", secret="tebakan", status=429)
        self.ask("GET", "/teams", status=200)

    def test_lists(self):
        for name in ("categories", "products", "sites", "teams", "channels"):
            self.assertTrue(self.ask("GET", f"/{name}", status=200).json()["data"])

    def test_document_and_page(self):
        """R23.c.2: documented, for machines and for people, in both languages, with nothing from elsewhere."""
        document = self.url_open("/helpdesk/api/openapi.json").json()
        self.assertEqual(document["openapi"], "3.1.0")
        for language, words in (("en_US", "How it works"), ("id_ID", "Cara kerjanya")):
            self.env["res.lang"]._activate_lang(language)
            code = self.env["res.lang"]._get_data(code=language).url_code
            page = self.url_open(f"/{code}/helpdesk/api").text
            self.assertIn(words, page)
            for operation in self.env["helpdesk.api"]._operations():
                self.assertIn(f'id="{operation.name}"', page)
            self.assertNotIn("https://cdn", page)
