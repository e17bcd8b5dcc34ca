import re
import secrets
from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, html2plaintext

from odoo.addons.kemenkes_helpdesk.models.helpdesk_stage import DONE_KINDS
from odoo.addons.kemenkes_helpdesk.personal_fields import HandleChar, PersonalChar, PersonalText
from odoo.addons.kemenkes_helpdesk.tools.question import Answer, Question

SCORES = (1, 2, 3, 4, 5)
LOW_SCORE = 2
# Nobody is asked between these hours at the ticket's site.
QUIET_FROM, QUIET_TO = 21, 8
# How long somebody may change their mind.
CHANGE_HOURS = 24
OPEN_STATES = ("planned", "sent")
ASKED_STATES = ("sent", "answered", "expired")
BATCH = 200
# A message that is nothing but a rating: "4", "4/5", "5 bintang", "⭐⭐⭐⭐"; of an old button Telegram tells the code.
VOTE = re.compile(r"^\W*(?:csat:)?([1-5])\s*(?:/\s*5)?\s*(?:bintang|stars?)?\W*$", re.IGNORECASE)
STARS = re.compile(r"^\s*(?:[⭐★]\ufe0f?\s*){1,5}$")


class HelpdeskCsatRequest(models.Model):
    """One customer asked once how satisfied they are with one solution, 1 to 5 (R1.b.4, R15).

    Whose work it was (agent, team, site, product, channel) is what the ledger says of the moment of solving, whoever
    has the ticket when the answer comes. The answer itself is a ``rating.rating``.
    """

    _name = "helpdesk.csat.request"
    _description = "Satisfaction Survey"
    _inherit = ["helpdesk.personal.mixin"]
    _order = "id desc"
    _rec_name = "ticket_id"

    ticket_id = fields.Many2one("helpdesk.ticket", required=True, readonly=True, index=True, ondelete="cascade")
    ticket_ref = fields.Char(related="ticket_id.ticket_ref", string="Reference")
    ticket_name = PersonalChar(related="ticket_id.name", string="Subject")
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    token = HandleChar(readonly=True, required=True, default=lambda _self: secrets.token_urlsafe(24), copy=False)
    agent_id = fields.Many2one("res.users", readonly=True)
    team_id = fields.Many2one("helpdesk.team", readonly=True)
    site_id = fields.Many2one("helpdesk.site", readonly=True)
    product_id = fields.Many2one("helpdesk.product", readonly=True)
    category_id = fields.Many2one("helpdesk.category", readonly=True)
    channel_id = fields.Many2one("helpdesk.channel", readonly=True)
    channel_kind = fields.Selection(related="channel_id.kind", store=True)
    state = fields.Selection(
        [
            ("planned", "To be asked"),
            ("sent", "Asked"),
            ("answered", "Answered"),
            ("expired", "No answer"),
            ("left_out", "Not asked"),
        ],
        required=True,
        readonly=True,
        default="planned",
    )
    left_out_reason = fields.Selection(
        [
            ("asked_lately", "Asked lately"),
            ("unreachable", "Can't be reached"),
            ("reopened", "Reopened"),
            ("merged", "Merged"),
        ],
        "Why not asked",
        readonly=True,
    )
    solved_date = fields.Datetime("Solved on", readonly=True)
    send_date = fields.Datetime("Ask at", readonly=True)
    sent_date = fields.Datetime("Asked on", readonly=True)
    reminder_date = fields.Datetime("Remind at", readonly=True)
    expiry_date = fields.Datetime("Open until", readonly=True)
    answer_date = fields.Datetime("Answered on", readonly=True)
    message_id = fields.Many2one("mail.message", "Question", readonly=True, index="btree_not_null", ondelete="set null")
    rating_id = fields.Many2one("rating.rating", readonly=True, index="btree_not_null", ondelete="set null")
    score = fields.Integer("Stars", readonly=True, aggregator="avg")
    is_answered = fields.Integer("Answer rate", compute="_compute_is_answered", store=True, aggregator="avg")
    feedback = PersonalText("Comment", readonly=True)
    reason_ids = fields.Many2many("helpdesk.csat.reason", string="Reasons", readonly=True)

    # rated before it was solved, at the end of a chat: once, until the solution takes it over
    _one_unsolved_each = models.UniqueIndex("(ticket_id) WHERE solved_date IS NULL")
    _token_unique = models.UniqueIndex("(token)")
    _one_open_each = models.UniqueIndex("(ticket_id) WHERE state IN ('planned', 'sent')")
    _score_range = models.Constraint("CHECK(score IS NULL OR score BETWEEN 0 AND 5)", "Stars go from 1 to 5.")
    _due_idx = models.Index("(send_date) WHERE state = 'planned'")
    _remind_idx = models.Index("(reminder_date) WHERE state = 'sent' AND reminder_date IS NOT NULL")
    _expiry_idx = models.Index("(expiry_date) WHERE state = 'sent'")
    _partner_idx = models.Index("(partner_id, sent_date) WHERE sent_date IS NOT NULL")
    _answer_idx = models.Index("(answer_date) WHERE answer_date IS NOT NULL")
    _agent_idx = models.Index("(agent_id, answer_date)")

    @api.depends("state")
    def _compute_is_answered(self):
        for request in self:
            request.is_answered = int(request.state == "answered")

    def _read_group_select(self, aggregate_spec, query):
        """The answer rate is that of those who were asked."""
        if aggregate_spec != "is_answered:avg":
            return super()._read_group_select(aggregate_spec, query)
        state = self._field_to_sql(self._table, "state", query)
        answered = self._field_to_sql(self._table, "is_answered", query)
        return SQL("AVG(%s) FILTER (WHERE %s = ANY(%s))", answered, state, list(ASKED_STATES))

    # WHEN A TICKET IS SOLVED, OR OPENED AGAIN

    @api.model
    def _read_events(self, events):
        """Reader of the ledger: plans a question for each solution, and drops it when the ticket is open again.

        :param list events: rows of the ledger as dicts
        """
        last = {event["ticket_id"]: event for event in events if event["kind"] in ("solved", "reopened", "merged")}
        for kind in ("reopened", "merged"):
            back = [event["ticket_id"] for event in events if event["kind"] == kind]
            if back:
                self._leave_out([("ticket_id", "in", back), ("state", "=", "planned")], kind)
        solved = {ticket_id: event for ticket_id, event in last.items() if event["kind"] == "solved"}
        if solved:
            self._plan(solved)

    @api.model
    def _plan(self, event_by_ticket_id):
        ticket_ids = list(event_by_ticket_id)
        rated = self.search([("ticket_id", "in", ticket_ids), ("solved_date", "=", False)])
        for request in rated:
            request.solved_date = event_by_ticket_id[request.ticket_id.id]["date"]
        asked = self.search([("ticket_id", "in", ticket_ids), ("state", "in", OPEN_STATES)]) | rated
        tickets = self.env["helpdesk.ticket"].browse(event_by_ticket_id.keys() - set(asked.ticket_id.ids))
        self.create(
            [values for ticket in tickets if (values := self._prepare_request(ticket, event_by_ticket_id[ticket.id]))]
        )

    @api.model
    def _prepare_request(self, ticket, event):
        channel = self.env["helpdesk.channel"].browse(event["channel_id"])
        if not self._is_asked_about(ticket, channel):
            return None
        wanted = event["date"] + timedelta(minutes=channel.csat_delay_minutes)
        return {
            "ticket_id": ticket.id,
            "partner_id": ticket.partner_id.id,
            **{
                name: event[name]
                for name in ("agent_id", "team_id", "site_id", "product_id", "category_id", "channel_id")
            },
            "solved_date": event["date"],
            "send_date": self._after_quiet_hours(wanted, ticket.site_id.timezone),
        }

    @api.model
    def _is_asked_about(self, ticket, channel):
        """Customers are asked about help that they got."""
        return channel.csat_active and not ticket.is_incident and ticket.partner_id and ticket.reply_count

    @api.model
    def _after_quiet_hours(self, date, timezone):
        """The first moment from ``date`` on at which a customer may be asked.

        :param datetime date: naive UTC
        :param str timezone: of the site
        :return: naive UTC
        """
        zone = pytz.timezone(timezone or "UTC")
        local = pytz.utc.localize(date).astimezone(zone)
        if QUIET_TO <= local.hour < QUIET_FROM:
            return date
        day = local.date() + timedelta(days=int(local.hour >= QUIET_FROM))
        return zone.localize(datetime.combine(day, time(QUIET_TO))).astimezone(pytz.utc).replace(tzinfo=None)

    @api.model
    def _leave_out(self, domain, reason):
        self.search(domain).write({"state": "left_out", "left_out_reason": reason})

    # ASKING

    @api.model
    def _cron_ask(self):
        """Ask, remind, and close what nobody answered; in batches, each on the channel that the customer used."""
        now = fields.Datetime.now()
        due = self.search([("state", "=", "planned"), ("send_date", "<=", now)], limit=BATCH, order="send_date")
        remaining = self.search_count([("state", "=", "planned"), ("send_date", "<=", now)], limit=10 * BATCH)
        self.env["ir.cron"]._commit_progress(remaining=remaining)
        due.try_lock_for_update()._ask()
        self.env["ir.cron"]._commit_progress(len(due))
        self._remind()
        self.search([("state", "=", "sent"), ("expiry_date", "<=", now)], limit=10 * BATCH).write({"state": "expired"})

    def _ask(self):
        asked_lately = self._asked_lately()
        asked_lately.write({"state": "left_out", "left_out_reason": "asked_lately"})
        messages = self._say(self - asked_lately, "csat_question")
        reached = self._reached(messages.values())
        now = fields.Datetime.now()
        for request in self - asked_lately:
            message = messages.get(request.ticket_id)
            if message not in reached:
                request.write({"state": "left_out", "left_out_reason": "unreachable"})
                continue
            channel = request.channel_id
            request.write(
                {
                    "state": "sent",
                    "message_id": message.id,
                    "sent_date": now,
                    "reminder_date": channel.csat_reminder_days and now + timedelta(days=channel.csat_reminder_days),
                    "expiry_date": now + timedelta(days=channel.csat_expiry_days),
                }
            )

    def _asked_lately(self):
        """Those whose customer was asked a short while ago, also about another ticket, or twice in this batch."""
        longest = max(self.channel_id.mapped("csat_pause_days"), default=0)
        since = fields.Datetime.now() - timedelta(days=longest)
        rows = self._read_group(
            [("partner_id", "in", self.partner_id.ids), ("sent_date", ">=", since)], ["partner_id"], ["sent_date:max"]
        )
        last = dict(rows)
        lately, seen = self.browse(), set()
        for request in self:
            pause = timedelta(days=request.channel_id.csat_pause_days)
            before = last.get(request.partner_id)
            if pause and (request.partner_id in seen or (before and before > fields.Datetime.now() - pause)):
                lately |= request
            seen.add(request.partner_id)
        return lately

    def _remind(self):
        now = fields.Datetime.now()
        due = self.search([("state", "=", "sent"), ("reminder_date", "<=", now)], limit=BATCH).try_lock_for_update()
        quiet = due.filtered(lambda request: self._after_quiet_hours(now, request.site_id.timezone) != now)
        self._say(due - quiet, "csat_reminder")
        (due - quiet).write({"reminder_date": False})

    @api.model
    def _say(self, requests, template):
        """Send the question to the customers, each on their channel.

        :param str template: ``csat_question`` or ``csat_reminder``
        :return: ``{helpdesk.ticket: mail.message}``
        """
        questions = {request.ticket_id: request._prepare_question(template) for request in requests}
        return self.env["helpdesk.ticket"]._post_question(questions)

    def _prepare_question(self, template):
        """The question in the customer's language.

        :rtype: Question
        """
        ticket = self.ticket_id.with_context(lang=self.ticket_id._customer_language())
        env, link = ticket.env, self._link()
        render = env["ir.qweb"]._render
        values = {"ticket": ticket, "link": link, "scores": SCORES}
        words = dict(zip(SCORES, self._score_words(env), strict=True))
        return Question(
            words=render(f"kemenkes_qa.{template}", values, minimal_qcontext=True),
            short=render(f"kemenkes_qa.{template}_words", values, minimal_qcontext=True),
            answers=tuple(
                Answer(f"csat:{score}", f"{score} {'★' * score}", words[score]) for score in reversed(SCORES)
            ),
            choose=env._("Choose stars"),
            reference=ticket.ticket_ref,
            link=link,
        )

    @api.model
    def _score_words(self, env):
        return (
            env._("Not satisfied at all"),
            env._("Not satisfied"),
            env._("So-so"),
            env._("Satisfied"),
            env._("Very satisfied"),
        )

    @api.model
    def _reached(self, messages):
        """Those of ``messages`` that are on their way to somebody."""
        ids = [message.id for message in messages]
        rows = self.env["helpdesk.outbox.message"]._read_group([("message_id", "in", ids)], ["message_id"])
        return {message for (message,) in rows}

    def _link(self):
        # as in every link of a customer's, the token is hidden from those who work on the ticket: they don't rate
        return f"{self.get_base_url()}/helpdesk/rate?access_token={self.token}"

    @api.model
    def _note_undelivered(self, messages):
        """Nobody was asked whom the question did not reach.

        :param messages: ``mail.message``
        """
        self._leave_out([("message_id", "in", messages.ids), ("state", "=", "sent")], "unreachable")

    # ANSWERS

    @api.model
    def _of_conversation(self, ticket):
        """The question that an answer at the end of a conversation belongs to: open, or answered a short while ago."""
        return self.search([("ticket_id", "=", ticket.id)], limit=1).filtered(lambda request: request._may_answer())

    @api.model
    def _begin_unasked(self, ticket):
        """A customer rates before anybody has asked; whose work it was is what the ticket says now.

        :return: the request; none where customers are not asked
        """
        if not self._is_asked_about(ticket, ticket.channel_id):
            return self.browse()
        work = ticket._survivor()
        return self.create(
            {
                "ticket_id": ticket.id,
                "partner_id": ticket.partner_id.id,
                "agent_id": work.user_id.id,
                "team_id": work.team_id.id,
                "site_id": work.site_id.id,
                "product_id": work.product_id.id,
                "category_id": work.category_id.id,
                "channel_id": ticket.channel_id.id,
                "solved_date": work.solved_date if work.stage_kind in DONE_KINDS else False,
            }
        )

    def _may_answer(self):
        """Whether an answer counts now: asked and open, or given less than a day ago.

        Whom no question reached may find it on the page of the ticket.
        """
        self.ensure_one()
        now = fields.Datetime.now()
        if self.state == "answered":
            return self.answer_date > now - timedelta(hours=CHANGE_HOURS)
        if self.left_out_reason == "unreachable":
            return self.send_date + timedelta(days=self.channel_id.csat_expiry_days) > now
        return self.state in OPEN_STATES and (not self.expiry_date or self.expiry_date > now)

    def _answer(self, score, feedback="", reasons=None):
        """Take an answer in; a second one within a day changes the first.

        :param int score: 1 to 5
        :param str feedback: the customer's words
        :param reasons: ``helpdesk.csat.reason``; None leaves those of an earlier answer
        :raise UserError: no such score, or too late
        """
        self.ensure_one()
        if score not in SCORES:
            raise UserError(self.env._("Choose 1 to 5 stars."))
        # two clicks at once are one answer: the second waits, then changes it
        self.lock_for_update()
        if not self._may_answer():
            raise UserError(self.env._("This question is closed. Thank you all the same."))
        before, words = self.score, (feedback or "").strip() or self.feedback
        reasons = self.reason_ids if reasons is None else reasons
        if self.state == "answered" and (before, words, reasons) == (score, self.feedback, self.reason_ids):
            return
        self.write(
            {
                "state": "answered",
                "left_out_reason": False,
                "answer_date": self.answer_date or fields.Datetime.now(),
                # who rates unasked is not asked again so soon either
                "sent_date": self.sent_date or fields.Datetime.now(),
                "score": score,
                "feedback": words,
                "reason_ids": [(6, 0, reasons.ids)],
            }
        )
        self._write_rating()
        self._log(before)
        if score <= LOW_SCORE and not 0 < before <= LOW_SCORE:
            self._call_somebody()

    def _write_rating(self):
        values = {"rating": self.score, "feedback": self.feedback, "consumed": True}
        if self.rating_id:
            self.rating_id.write(values)
            return
        self.rating_id = self.env["rating.rating"].create(
            {
                **values,
                "res_model_id": self.env["ir.model"]._get_id("helpdesk.ticket"),
                "res_id": self.ticket_id.id,
                "partner_id": self.partner_id.id,
                "rated_partner_id": self.agent_id.partner_id.id,
            }
        )

    def _log(self, before):
        data = {"request": self.id, "score": self.score, **({"before": before} if before else {})}
        self.env["helpdesk.event"]._record(
            [
                {
                    "kind": "rated",
                    "ticket_id": self.ticket_id.id,
                    "agent_id": self.agent_id.id,
                    "team_id": self.team_id.id,
                    "data": data,
                }
            ]
        )

    def _call_somebody(self):
        """A low rating is followed up the next day by the team's leader, else by a supervisor of the site."""
        person = self._person_to_follow_up()
        if not person:
            return
        self.ticket_id.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=fields.Date.context_today(self) + timedelta(days=1),
            user_id=person.id,
            summary=self.with_context(lang=person.lang).env._("%s of 5 stars: talk to the customer", self.score),
        )

    def _person_to_follow_up(self):
        """Nobody follows up their own work; of several supervisors the one with the fewest tasks does."""
        leader = self.team_id.user_id.filtered(lambda user: user.active and user != self.agent_id)
        if leader:
            return leader
        supervisors = self.env["res.users"].search(
            [
                # not those above them, who are in the group by their own
                ("group_ids", "in", self.env.ref("kemenkes_helpdesk.group_supervisor").ids),
                ("id", "!=", self.agent_id.id),
            ],
            order="id",
        )
        able = supervisors.filtered(lambda user: self.ticket_id.with_user(user).has_access("read"))
        tasks = dict(self.env["mail.activity"]._read_group([("user_id", "in", able.ids)], ["user_id"], ["__count"]))
        return min(able, key=lambda user: tasks.get(user, 0), default=able)

    # A RATING WRITTEN AS A MESSAGE

    @api.model
    def _read_vote(self, ticket, body):
        """The rating that a customer's message is, where a question is open and the message says nothing else.

        :return: ``(request, score)``, or None
        """
        text = html2plaintext(body or "").strip()
        match = VOTE.match(text)
        score = int(match[1]) if match else len(re.findall("[⭐★]", text)) if STARS.match(text) else 0
        if not score:
            return None
        request = self.search([("ticket_id", "=", ticket.id), ("state", "in", ("sent", "answered"))], limit=1)
        # on a ticket that was opened again a number is a word like others
        is_question = request.state == "sent" or (request and ticket.stage_kind in DONE_KINDS)
        return (request, score) if is_question and request._may_answer() else None

    def _take_vote(self, score):
        """A rating that came as a message; the customer is thanked once, and may say why on a page.

        :param int score: 1 to 5
        """
        is_first = self.state != "answered"
        self._answer(score)
        if is_first and self.channel_kind != "email":
            ticket = self.ticket_id.with_context(lang=self.ticket_id._customer_language())
            values = {"score": self.score, "link": self._link()}
            thanks = ticket.env["ir.qweb"]._render("kemenkes_qa.csat_thanks", values, minimal_qcontext=True)
            self.env["helpdesk.ticket"]._post_automatic({self.ticket_id: thanks})

    def action_open_ticket(self):
        """Open the conversation.

        :return: an action
        """
        self.ensure_one()
        return self.ticket_id._action_open()
