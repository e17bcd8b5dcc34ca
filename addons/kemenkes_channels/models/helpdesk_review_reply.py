from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import plaintext2html

from .. import providers
from ..tools import public_reply


class HelpdeskReview(models.Model):
    """The answer to a review: one, public, replaced by the next; sent by the outbox, as every other answer."""

    _inherit = "helpdesk.review"

    reply_text = fields.Text("Answer", readonly=True, help="The latest words, whether the store shows them yet or not.")
    reply_state = fields.Selection(
        [
            ("queued", "Being sent"),
            ("pending", "With the store"),
            ("published", "Published"),
            ("failed", "Not delivered"),
        ],
        "Answer's way",
        readonly=True,
    )
    reply_error = fields.Text("Why it was not delivered", readonly=True)
    reply_user_id = fields.Many2one("res.users", "Answered by", readonly=True, index="btree_not_null")
    published_reply = fields.Text("Answer in the store", readonly=True)
    reply_date = fields.Datetime("Answered", readonly=True, help="When the answer that the store has was last changed.")
    first_reply_date = fields.Datetime("First answer", readonly=True)
    answer_seconds = fields.Integer("Time to answer", readonly=True, aggregator="avg", help="Empty: not answered.")
    state = fields.Selection(
        [
            ("unanswered", "Unanswered"),
            ("changed", "Changed after the answer"),
            ("answered", "Answered"),
        ],
        compute="_compute_state",
        store=True,
        precompute=True,
        group_expand=True,
        required=True,
    )
    answered_percent = fields.Float(
        "Answered (%)", compute="_compute_state", store=True, precompute=True, aggregator="avg"
    )
    reply_limit = fields.Integer("Longest answer", compute="_compute_reply_limit")

    _state_idx = models.Index("(state, date)")
    _waiting_idx = models.Index("(date DESC, id DESC) WHERE state != 'answered'")

    @api.depends("published_reply", "reply_date", "edit_date")
    def _compute_state(self):
        for review in self:
            if not review.published_reply:
                review.state = "unanswered"
            elif review.reply_date and review.reply_date < review.edit_date:
                review.state = "changed"
            else:
                review.state = "answered"
            review.answered_percent = 0.0 if review.state == "unanswered" else 100.0

    @api.depends("channel_id")
    def _compute_reply_limit(self):
        for review in self:
            review.reply_limit = review._limits().text_length

    def _limits(self):
        # sudo: limits are no secret, the settings they may depend on are
        account = self.channel_id.sudo()._account()
        return providers.load(account.kind).limits(account)

    # ANSWERING

    def answer(self, text, solve=False):
        """Answer reviews with the same words, or change their answer; each goes out by the outbox.

        A review without a ticket gets one: the answer is work on a ticket like any other.

        :param str text: plain text
        :param bool solve: the matter is closed with it
        :raise AccessError: the user does not speak to customers, or may not see a review
        :raise UserError: too long for a store, or it asks for or holds personal data
        """
        if not self.env.user.has_group("kemenkes_helpdesk.group_agent"):
            raise AccessError(self.env._("Your role does not answer customers."))
        self.check_access("read")
        text = (text or "").strip()
        self._check_reply(text)
        # sudo: whoever may answer makes the ticket, and the customer's message on it
        self.sudo().filtered(lambda review: not review.ticket_id)._make_tickets()
        for review in self:
            ticket = review.sudo().ticket_id.with_env(self.env)
            ticket.message_post(body=plaintext2html(text), message_type="comment", subtype_xmlid="mail.mt_comment")
            if solve:
                ticket.stage_id = self.env["helpdesk.stage"]._get_by_kind("solved")

    @api.model
    def _check_words(self, text):
        """Everybody reads the answer to a review.

        :raise UserError: it asks for personal data, or holds it
        """
        found = public_reply.find_fault(text)
        if found == "asks":
            raise UserError(
                self.env._("Everybody can read this answer: do not ask for NIK, BPJS or phone numbers here.")
            )
        if found == "holds":
            raise UserError(self.env._("Everybody can read this answer: take the identity number out."))

    def _check_reply(self, text):
        if not text:
            raise UserError(self.env._("Write the answer first."))
        self._check_words(text)
        for review in self:
            limit = review.reply_limit
            if limit and len(text) > limit:
                store = dict(self._fields["store"]._description_selection(self.env))[review.store]
                raise UserError(
                    self.env._(
                        "%(store)s takes %(limit)s characters, this answer has %(length)s.",
                        store=store,
                        limit=limit,
                        length=len(text),
                    )
                )

    # WHAT BECAME OF IT

    def _note_reply(self, text, user):
        """An answer is on its way.

        :param str text: plain
        :param user: ``res.users`` who wrote it
        """
        self.write({"reply_text": text, "reply_state": "queued", "reply_error": False, "reply_user_id": user.id})

    def _note_reply_sent(self, text, date):
        """The store has taken the answer; Apple shows it some time later."""
        for review in self:
            state = "pending" if review.store == "appstore" else "published"
            review._note_published(text, date, state)

    def _note_published(self, text, date, state):
        self.ensure_one()
        values = {
            "reply_text": text,
            "published_reply": text,
            "reply_state": state,
            "reply_error": False,
            "reply_date": date,
        }
        if not self.first_reply_date or date < self.first_reply_date:
            values["first_reply_date"] = date
        self.write(values)
        if self.first_reply_date and self.first_reply_date >= self.date:
            self.answer_seconds = int((self.first_reply_date - self.date).total_seconds())

    def _take_reply(self, record):
        """What the store says of the answer; ours come back, others were written in the store's console.

        :param record: ``records.Review``
        :return: whether somebody outside the helpdesk has answered
        """
        if not record.reply:
            return False
        date = (record.reply_date or fields.Datetime.now()).replace(microsecond=0)
        is_ours = _same_words(record.reply, self.published_reply)
        if is_ours:
            if record.reply_state and self.reply_state == "pending":
                self.reply_state = record.reply_state
            return False
        if self.reply_date and date < self.reply_date:
            return False
        is_waiting = self.reply_state == "queued"
        waiting_text = self.reply_text
        self._note_published(record.reply, date, record.reply_state or "published")
        if is_waiting:
            # ours will replace it
            self.write({"reply_text": waiting_text, "reply_state": "queued"})
        else:
            self.reply_user_id = False
        return True

    @api.model
    def _count_by_channel(self):
        """How many reviews came in by each channel, and how many wait for an answer.

        :return: ``{helpdesk.channel id: (all, unanswered or changed)}`` of those that the user sees
        """
        groups = self._read_group([], ["channel_id", "state"], ["__count"])
        counts = {}
        for channel, state, count in groups:
            total, waiting = counts.get(channel.id, (0, 0))
            counts[channel.id] = (total + count, waiting + (count if state != "answered" else 0))
        return counts


def _same_words(one, other):
    return (one or "").split() == (other or "").split()
