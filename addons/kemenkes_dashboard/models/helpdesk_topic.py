from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, html2plaintext

from ..tools import sentiment, topics
from .helpdesk_kpi import HOME_ZONE

# A week is compared with so many weeks before it, reviews of one kind with those of the other over so many weeks.
WEEKS_BEFORE, REVIEW_WEEKS = 4, 8
# Texts of a product that are read at most, the latest first: shares of so many are sure enough, and a storm must not
# make the job run for an hour.
MOST_TEXTS = 30000
EXAMPLES, MOST_TOPICS = 5, 10
# Reviews are fewer than messages, and shorter.
FEWEST_TICKETS, FEWEST_REVIEWS = 3, 2
LOW_STARS = 2


class HelpdeskTopic(models.Model):
    """What customers of a product talk about more than before, and what they complain about in reviews (R12.b, R26.b).

    Found by counting: in how many tickets of the week a word (or pair of words) stands, against the weeks before; for
    reviews, how many with one and two stars against the others. A word needs several customers, and names are left out,
    so it tells about nobody; the examples are opened with the rights on them.
    """

    _name = "helpdesk.topic"
    _description = "Topic of Customers"
    _order = "date desc, score desc, id"
    _rec_name = "term"
    _log_access = False

    kind = fields.Selection(
        [("message", "Rises in messages"), ("review", "Behind one and two stars")], required=True, readonly=True
    )
    date = fields.Date("Week from", required=True, readonly=True, help="The Monday; of reviews: the last eight weeks.")
    product_id = fields.Many2one("helpdesk.product", required=True, readonly=True, ondelete="cascade")
    term = fields.Char("Word", required=True, readonly=True)
    text_count = fields.Integer("Tickets or reviews", readonly=True, help="That have the word.")
    expected_count = fields.Float(
        "Expected", readonly=True, digits=(16, 1), help="As many as the comparison lets one expect."
    )
    factor = fields.Float("Times as many", compute="_compute_factor", digits=(16, 1), aggregator=None)
    negative_percent = fields.Float(
        "Negative (%)", readonly=True, digits=(16, 0), aggregator="avg", help="Of the tickets with the word."
    )
    score = fields.Float(
        "Sureness",
        readonly=True,
        digits=(16, 1),
        aggregator="max",
        help="Log-likelihood ratio: 6.6 comes about by chance once in a hundred words, 15 once in ten thousand.",
    )
    ticket_ids = fields.Many2many("helpdesk.ticket", string="Examples", readonly=True, context={"active_test": False})
    review_ids = fields.Many2many("helpdesk.review", string="Reviews", readonly=True)

    _term_unique = models.UniqueIndex("(product_id, date, kind, term)")
    _date_idx = models.Index("(date)")

    @api.depends("text_count", "expected_count")
    def _compute_factor(self):
        for topic in self:
            topic.factor = topic.text_count / topic.expected_count if topic.expected_count else 0

    def action_open_examples(self):
        """The latest tickets or reviews with the word, those that one may see.

        :return: an action
        """
        self.ensure_one()
        if self.kind == "review":
            action = self.env["ir.actions.act_window"]._for_xml_id("kemenkes_channels.helpdesk_review_action")
            # sudo: which reviews are examples; the list opens only those that its reader may see
            return {**action, "domain": [("id", "in", self.sudo().review_ids.ids)], "context": {}}
        action = self.env["ir.actions.act_window"]._for_xml_id("kemenkes_helpdesk.helpdesk_ticket_action")
        # sudo: as above
        return {
            **action,
            "domain": [("id", "in", self.sudo().ticket_ids.ids)],
            "context": {"active_test": False},
        }

    # FINDING

    @api.model
    def _cron_find(self):
        """Find the topics of the week that runs, and of the one before while it is hardly over."""
        today = self.env["helpdesk.backlog.day"]._today()
        monday = today - timedelta(days=today.weekday())
        weeks = [monday] if today.weekday() > 1 else [monday - timedelta(days=7), monday]
        products = self.env["helpdesk.product"].search([])
        hidden = self._staff_names()
        for product in products:
            for week in weeks:
                self._find_of_messages(product, week, hidden)
            self._find_of_reviews(product, monday)
            if not self.env["ir.cron"]._commit_progress(1, remaining=0):
                return

    @api.model
    def _staff_names(self):
        """Parts of the names of all who work here, who are greeted and thanked."""
        users = self.env["res.users"].with_context(active_test=False).search_fetch([("share", "=", False)], ["name"])
        return frozenset(part for name in users.mapped("name") for part in topics.WORD.findall((name or "").lower()))

    @api.model
    def _find_of_messages(self, product, week, hidden):
        """Make the topics of a product's week anew."""
        begin = week - timedelta(weeks=WEEKS_BEFORE)
        slang = sentiment.load().slang
        tickets = {True: {}, False: {}}
        negative = set()
        for ticket_id, body, partner, day, value in self._read_messages(product, begin, week + timedelta(days=7)):
            names = topics.WORD.findall((partner or "").lower())
            found = topics.terms(html2plaintext(body or "", include_references=False), slang, hidden.union(names))
            tickets[day >= week].setdefault(ticket_id, set()).update(found)
            if day >= week and value == "negative":
                negative.add(ticket_id)
        now, before = tickets[True], tickets[False]
        found = self._find(now, before, FEWEST_TICKETS)
        self._replace(
            [("kind", "=", "message"), ("product_id", "=", product.id), ("date", "=", week)],
            [self._prepare_of_messages(topic, product, week, now, negative) for topic in found],
        )

    @api.model
    def _prepare_of_messages(self, topic, product, week, tickets, negative):
        having = [ticket_id for ticket_id, found in tickets.items() if topic.term in found]
        return {
            **self._prepare(topic, "message", product, week),
            "negative_percent": 100 * len(negative.intersection(having)) / len(having),
            "ticket_ids": sorted(having)[-EXAMPLES:],
        }

    @api.model
    def _read_messages(self, product, begin, end):
        """``(ticket id, body, customer's name, day at home, sentiment)`` of what customers wrote."""
        self.env.flush_all()
        query = SQL(
            """
            SELECT said.ticket_id, message.body, partner.name,
                   (said.date AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date AS day, said.value
              FROM helpdesk_sentiment said
              JOIN mail_message message ON message.id = said.message_id
              JOIN helpdesk_ticket ticket ON ticket.id = said.ticket_id
         LEFT JOIN res_partner partner ON partner.id = ticket.partner_id
             WHERE said.product_id = %(product)s
               AND said.date >= %(begin)s::timestamp AT TIME ZONE %(zone)s AT TIME ZONE 'UTC'
               AND said.date < %(end)s::timestamp AT TIME ZONE %(zone)s AT TIME ZONE 'UTC'
          ORDER BY said.date DESC LIMIT %(most)s
            """,
            zone=HOME_ZONE,
            product=product.id,
            begin=begin,
            end=end,
            most=MOST_TEXTS,
        )
        return self.env.execute_query(query)

    @api.model
    def _find_of_reviews(self, product, week):
        """Make the words behind one and two stars anew, of the last weeks."""
        since = fields.Datetime.now() - timedelta(weeks=REVIEW_WEEKS)
        # sudo: the words of several reviewers; which reviews, is opened with the rights on them
        reviews = (
            self.env["helpdesk.review"]
            .sudo()
            .search_fetch(
                [("product_id", "=", product.id), ("date", ">=", since)],
                ["stars", "title", "text", "author"],
                order="date desc, id desc",
                limit=MOST_TEXTS,
            )
        )
        slang = sentiment.load().slang
        texts = {True: {}, False: {}}
        for review in reviews:
            names = frozenset(topics.WORD.findall((review.author or "").lower()))
            text = f"{review.title or ''}\n{review.text or ''}"
            texts[review.stars <= LOW_STARS][review.id] = topics.terms(text, slang, names)
        low, others = texts[True], texts[False]
        rows = []
        for topic in self._find(low, others, FEWEST_REVIEWS):
            having = [review_id for review_id, terms in low.items() if topic.term in terms]
            rows.append(
                {
                    **self._prepare(topic, "review", product, week),
                    "negative_percent": 100,
                    "review_ids": having[:EXAMPLES],
                }
            )
        # only as they stand now: weeks that overlap must not be added up
        self._replace([("kind", "=", "review"), ("product_id", "=", product.id)], rows)

    @api.model
    def _find(self, texts, others, fewest):
        """The terms that stand out in ``texts`` against ``others``, both ``{id: set of terms}``."""
        found = topics.standing_out(
            topics.count_terms(texts.values()),
            len(texts),
            topics.count_terms(others.values()),
            len(others),
            fewest=fewest,
        )
        return topics.distinct(found, texts.values(), MOST_TOPICS)

    @api.model
    def _prepare(self, topic, kind, product, week):
        return {
            "kind": kind,
            "date": week,
            "product_id": product.id,
            "term": topic.term,
            "text_count": topic.count,
            "expected_count": topic.expected,
            "score": topic.score,
        }

    @api.model
    def _replace(self, domain, rows):
        self.search(domain).unlink()
        self.create(rows)
