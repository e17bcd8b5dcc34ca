from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, html2plaintext

from ..tools import sentiment, topics

# What is looked at, and what it is compared with: the same hours of the days before.
WINDOW_HOURS, DAYS_BEFORE = 3, 28
# With fewer days of history nobody knows what is usual.
FEWEST_DAYS = 7
FACTOR, FEWEST_MESSAGES = 2, 10
# A rise that chance brings about less often than this is one.
CHANCE = 0.001
# A rise is over when it has been none for so long: what trembles about the limit is one rise.
QUIET_HOURS = 2
WORDS = 3
LAST_TEXTS = 2000


class HelpdeskSentimentAlert(models.Model):
    """A sudden rise of negative messages about a product (R12.b): told once, however long it lasts.

    Messages of the last three hours against the same hours of the four weeks before. The rule is simple on purpose:
    whoever is woken by it sees at once why.
    """

    _name = "helpdesk.sentiment.alert"
    _description = "Rise of Negative Messages"
    _order = "start_date desc, id desc"
    _rec_name = "product_id"

    product_id = fields.Many2one("helpdesk.product", required=True, readonly=True, ondelete="cascade")
    start_date = fields.Datetime("Since", required=True, readonly=True)
    last_date = fields.Datetime("Last seen", required=True, readonly=True)
    end_date = fields.Datetime("Over since", readonly=True)
    negative_count = fields.Integer("Negative messages", readonly=True, help="Of three hours, at the highest.")
    message_count = fields.Integer("Messages", readonly=True, help="Of the same three hours.")
    expected_count = fields.Float(
        "Usual", readonly=True, digits=(16, 1), help="Negative messages in the same hours of the four weeks before."
    )
    words = fields.Char(readonly=True, help="What stands in these messages more often than in others of the product.")

    _one_open = models.UniqueIndex("(product_id) WHERE end_date IS NULL", "A rise is told once.")
    _product_idx = models.Index("(product_id, start_date)")

    def action_open_messages(self):
        """The negative messages of the rise, those that one may see.

        :return: an action
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("kemenkes_dashboard.helpdesk_sentiment_action")
        domain = Domain("product_id", "=", self.product_id.id) & Domain("value", "=", "negative")
        domain &= Domain("date", ">=", self.start_date - timedelta(hours=WINDOW_HOURS))
        domain &= Domain("date", "<=", self.last_date)
        return {**action, "views": [(False, "list")], "domain": list(domain), "context": {}}

    # WATCHING

    @api.model
    def _cron_watch(self):
        """Look at all products; tell of each rise once, in one message for a person."""
        now = fields.Datetime.now()
        open_by_product = {alert.product_id.id: alert for alert in self.search([("end_date", "=", False)])}
        begun = self.browse()
        for product_id, negative, count, expected in self._measure(now):
            alert = open_by_product.get(product_id)
            if not _is_rise(negative, expected):
                continue
            if alert:
                alert._go_on(now, negative, count)
                continue
            begun |= self.create(
                {
                    "product_id": product_id,
                    "start_date": now,
                    "last_date": now,
                    "negative_count": negative,
                    "message_count": count,
                    "expected_count": expected,
                    "words": self._find_words(product_id, now),
                }
            )
        quiet = now - timedelta(hours=QUIET_HOURS)
        for alert in open_by_product.values():
            if alert.last_date <= quiet:
                alert.end_date = now
        begun._tell()

    def _go_on(self, now, negative, count):
        values = {"last_date": now}
        if negative > self.negative_count:
            values |= {"negative_count": negative, "message_count": count}
        self.write(values)

    @api.model
    def _measure(self, now):
        """``[(product id, negative messages, messages, negative ones expected)]`` of the window."""
        self.env["helpdesk.sentiment"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT product_id,
                       count(*) FILTER (WHERE date > %(start)s AND value = 'negative'),
                       count(*) FILTER (WHERE date > %(start)s),
                       count(*) FILTER (WHERE date <= %(start)s AND value = 'negative'
                                          AND extract(epoch FROM %(now)s - date)::bigint %% 86400 < %(window)s),
                       extract(epoch FROM %(now)s - min(date)) / 86400
                  FROM helpdesk_sentiment
                 WHERE date > %(begin)s AND date <= %(now)s AND product_id IS NOT NULL
              GROUP BY product_id
                """,
                now=now,
                start=now - timedelta(hours=WINDOW_HOURS),
                begin=now - timedelta(days=DAYS_BEFORE),
                window=WINDOW_HOURS * 3600,
            )
        )
        return [
            (product_id, negative, count, earlier / max(1, int(min(days, DAYS_BEFORE))))
            for product_id, negative, count, earlier, days in rows
            if days >= FEWEST_DAYS
        ]

    @api.model
    def _find_words(self, product_id, now):
        """The words that stand out in the negative messages of the window, as one line."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT said.ticket_id, message.body, partner.name, said.date > %(start)s AND said.value = 'negative'
                  FROM helpdesk_sentiment said
                  JOIN mail_message message ON message.id = said.message_id
                  JOIN helpdesk_ticket ticket ON ticket.id = said.ticket_id
             LEFT JOIN res_partner partner ON partner.id = ticket.partner_id
                 WHERE said.product_id = %(product)s AND said.date <= %(now)s
              ORDER BY said.date DESC LIMIT %(most)s
                """,
                product=product_id,
                start=now - timedelta(hours=WINDOW_HOURS),
                now=now,
                most=LAST_TEXTS,
            )
        )
        slang, staff = sentiment.load().slang, self.env["helpdesk.topic"]._staff_names()
        tickets = {True: {}, False: {}}
        for ticket_id, body, partner, is_of_rise in rows:
            hidden = staff.union(topics.WORD.findall((partner or "").lower()))
            found = topics.terms(html2plaintext(body or "", include_references=False), slang, hidden)
            tickets[is_of_rise].setdefault(ticket_id, set()).update(found)
        now_counts, other_counts = (topics.count_terms(tickets[part].values()) for part in (True, False))
        found = topics.standing_out(now_counts, len(tickets[True]), other_counts, len(tickets[False]))
        return ", ".join(topic.term for topic in topics.distinct(found, tickets[True].values(), WORDS)) or False

    # TELLING

    def _tell(self):
        """Supervisors who have the product, each in one message."""
        for user in self._supervisors():
            theirs = self.filtered(lambda alert, products=user.helpdesk_product_ids: alert.product_id in products)
            theirs.with_context(lang=user.lang)._tell_user(user)

    def _supervisors(self):
        if not self:
            return self.env["res.users"]
        # sudo: who is responsible for a product
        supervisors = (
            self.env["res.users"]
            .sudo()
            .search(
                [
                    ("share", "=", False),
                    ("helpdesk_product_ids", "in", self.product_id.ids),
                    ("all_group_ids", "in", self.env.ref("kemenkes_helpdesk.group_supervisor").ids),
                ]
            )
        )
        return supervisors._admitted()

    def _tell_user(self, user):
        user._notify_in_one(
            self.env._("Sudden rise of negative messages: %s", ", ".join(self.product_id.mapped("name"))),
            [alert._notice_line() for alert in self],
        )

    def _notice_line(self):
        text = self.env._(
            "%(product)s: %(negative)s negative of %(count)s messages in %(hours)s hours, usually %(usual)s.",
            product=self.product_id.name,
            negative=self.negative_count,
            count=self.message_count,
            hours=WINDOW_HOURS,
            usual=round(self.expected_count),
        )
        return self.env._("%(text)s Words: %(words)s", text=text, words=self.words) if self.words else text


def _is_rise(negative, expected):
    if negative < FEWEST_MESSAGES or negative < FACTOR * expected:
        return False
    return topics.chance_of(negative, expected) < CHANCE
