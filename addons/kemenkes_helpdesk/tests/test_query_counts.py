from lxml import etree

from odoo.tests import tagged, warmup

from .email_common import EmailCase, make_mail


@tagged("post_install", "-at_install")
class TestQueryCounts(EmailCase):
    """What the busiest paths cost: a query more in one of them is paid ten thousand times a day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent = cls.users["agent"]
        cls.tickets = cls.env["helpdesk.ticket"].create(
            [
                {
                    "name": f"Tidak bisa masuk {number}",
                    "partner_name": f"Pelanggan {number}",
                    "partner_email": f"pelanggan{number}@rs.example",
                    "team_id": cls.team_l1.id,
                    "product_id": cls.product_a.id,
                    "channel_id": cls.channel_email.id,
                    "user_id": cls.agent.id,
                }
                for number in range(40)
            ]
        )
        cls.list_fields = cls.read_specification("list")
        cls.form_fields = cls.read_specification("form")
        cls.env.flush_all()

    @classmethod
    def read_specification(cls, view_type):
        """Fields of a view, as the web client asks for them."""
        tickets = cls.env["helpdesk.ticket"].with_user(cls.agent)
        names = tickets.get_views([(False, view_type)])["models"]["helpdesk.ticket"]["fields"]
        return {
            name: {"fields": {"display_name": {}}} if tickets._fields[name].relational else {}
            for name in names
            if tickets._fields[name].type != "properties"
        }

    def receive_batch(self, name, count):
        for number in range(count):
            self.inbox._receive_pushed_email(
                self.channel_email,
                make_mail(sender=f"{name}{number}@rs.example", Message_ID=f"<{name}{number}@rs.example>"),
            )
        self.env.flush_all()
        self.env.invalidate_all()
        start = self.cr.sql_log_count
        self.inbox._process_pending()
        self.env.flush_all()
        return self.cr.sql_log_count - start

    def test_inbox_costs_by_batch_not_by_mail(self):
        """R24.a: an outage brings thousands of mails at once."""
        self.receive_batch("warm", 2)
        few, many = self.receive_batch("few", 10), self.receive_batch("many", 50)
        self.assertLessEqual(many, few)
        self.assertLessEqual(many, 45)

    @warmup
    def test_list_page(self):
        """R27.b.3: a page of the list with its count."""
        tickets = self.env["helpdesk.ticket"].with_user(self.agent)
        self.env.invalidate_all()
        # one is for the column of sentiment that the dashboards' addon adds, for all tickets of the page at once
        with self.assertQueryCount(15):
            tickets.web_search_read([("user_id", "=", self.agent.id)], self.list_fields, limit=80, count_limit=1001)

    def test_pages_count_to_a_thousand(self):
        """R27.b.3: how many of a million tickets have a common word is counted when somebody asks, not before."""
        tickets = self.env["helpdesk.ticket"].with_user(self.agent)
        for view_type in ("list", "kanban"):
            arch = etree.fromstring(tickets.get_view(view_type=view_type)["arch"])
            self.assertEqual(arch.get("count_limit"), "1000", view_type)

    @warmup
    def test_form(self):
        """R27.a.1: opening a ticket."""
        ticket = self.tickets[0].with_user(self.agent)
        self.env.invalidate_all()
        # two are the channels' addon's: the calls of the ticket, and whether its customer is in a chat at the moment
        with self.assertQueryCount(28):
            ticket.web_read(self.form_fields)

    @warmup
    def test_reply(self):
        """R27.a.1: an agent's answer, with its row in the outbox and in the ledger."""
        ticket = self.tickets[0].with_user(self.agent)
        self.env.invalidate_all()
        with self.assertQueryCount(45):
            ticket.message_post(body="Coba lagi", message_type="comment", subtype_xmlid="mail.mt_comment")
            self.env.flush_all()
