from odoo.tests import tagged, warmup

from .common import HelpdeskCase

QUESTION = "Kode OTP tidak masuk sejak pagi"
ANSWER = "Mohon hapus pesan lama, lalu minta kode baru setelah lima menit."


@tagged("post_install", "-at_install")
class TestPreviousAnswers(HelpdeskCase):
    """R27.a.1, R24.b: what was answered before to a like question is proposed to the agent."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls.create_ticket(name=QUESTION)
        cls.budi = cls.env["res.partner"].create({"name": "Budi Santoso", "email": "budi@customer.example"})

    def answered(self, answer=ANSWER, stars=None, moved=None, **values):
        """A ticket of the same product that was answered, solved and perhaps moved; rated with so many stars."""
        ticket = self.create_ticket(**{"name": QUESTION, "partner_id": self.budi.id, **values})
        self.agent_says(ticket, answer)
        ticket.action_solve()
        ticket.write(moved or {})
        if stars:
            self.env["rating.rating"].create(
                {
                    "res_model_id": self.env["ir.model"]._get_id("helpdesk.ticket"),
                    "res_id": ticket.id,
                    "rating": stars,
                    "consumed": True,
                }
            )
        return ticket

    def proposed(self, login="agent"):
        return self.ticket.with_user(self.users[login]).get_previous_answers()

    def texts(self, login="agent"):
        return [answer["text"] for answer in self.proposed(login)]

    def test_answer_of_a_solved_ticket(self):
        ticket = self.answered()
        self.agent_says(ticket, "Terima kasih.")
        [answer] = self.proposed()
        self.assertEqual(answer["text"], ANSWER, "the answer, not the goodbye")
        self.assertEqual((answer["ticket_id"], answer["reference"]), (ticket.id, ticket.ticket_ref))
        self.assertEqual((answer["is_proven"], answer["times"]), (False, 1))

    def test_who_made_customers_content_comes_first(self):
        self.answered("Tanpa nilai, kata-katanya sama persis.")
        self.answered("Yang puas.", stars=5, name="OTP belum masuk sejak tadi pagi")
        self.answered("Yang kecewa.", stars=1)
        self.assertEqual(self.texts(), ["Yang puas.", "Tanpa nilai, kata-katanya sama persis."])
        self.assertEqual([answer["is_proven"] for answer in self.proposed()], [True, False])

    def test_the_same_words_once(self):
        for stars in (None, 4, None):
            self.answered(stars=stars)
        [answer] = self.proposed()
        self.assertEqual((answer["times"], answer["is_proven"]), (3, True))

    def test_nothing_else(self):
        """Another product, still open, another matter, no answer, a note, merged away."""
        self.answered(moved={"product_id": self.product_b.id})
        self.agent_says(self.create_ticket(name=QUESTION), "Masih dikerjakan")
        self.answered(name="Sertifikat vaksin salah nama")
        silent = self.create_ticket(name=QUESTION)
        silent.message_post(body="Catatan", subtype_xmlid="mail.mt_note")
        silent.action_solve()
        self.answered().merge_into(self.answered(name="Unduh kartu gagal"))
        self.assertFalse(self.proposed())
        self.ticket.product_id = False
        self.assertFalse(self.proposed())

    def test_nothing_of_the_other_customer_is_in_it(self):
        ticket = self.answered("")
        link = ticket._portal_link()
        self.agent_says(
            ticket,
            "Yth. Bapak Budi, akun Budi Santoso (NIK 3275010101900004, budi@customer.example) aktif;"
            f" {ticket.ticket_ref}, lihat {link} ya.",
        )
        shown = (
            "Yth. Bapak {{customer}}, akun {{customer}} (NIK 3275••••••••0004, b•••@customer.example) aktif;"
            " {{reference}}, lihat {{status_link}} ya."
        )
        self.assertEqual(self.texts(), [shown])

    def test_words_of_a_name_elsewhere_stay(self):
        clinic = self.env["res.partner"].create({"name": "Puskesmas Sukajadi"})
        self.answered("Setiap puskesmas dapat masuk lagi.", partner_id=clinic.id)
        self.assertEqual(self.texts(), ["Setiap puskesmas dapat masuk lagi."])

    def test_only_what_the_account_may_see(self):
        """R27.a.3: tickets of another site are none of this agent's business; readers get none at all."""
        self.answered()
        east = self.env["helpdesk.team"].create({"name": "East", "site_id": self.site_east.id})
        self.answered("Dari timur.", moved={"site_id": self.site_east.id, "team_id": east.id, "user_id": False})
        self.assertEqual(self.texts(), [ANSWER])
        self.assertEqual(self.texts("expert"), [ANSWER])
        self.assertFalse(self.texts("quality"))
        self.assertFalse(self.texts("viewer"))

    def test_any_words_are_searched(self):
        """Quotes, operators and nothing at all are no errors."""
        for name in ("'", "\\' | ! (", "a & b", "   ", "<script>'; --"):
            self.ticket.name = name
            self.assertIsInstance(self.proposed(), list)

    @warmup
    def test_costs(self):
        """The same few queries for any number of answers."""
        for number in range(8):
            self.answered(f"{ANSWER} {number}")
        ticket = self.ticket.with_user(self.users["agent"])
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(11):
            self.assertEqual(len(ticket.get_previous_answers()), 5)
