from markupsafe import Markup

from odoo import api, fields, models
from odoo.orm.models import NO_ACCESS
from odoo.tools import is_html_empty, plaintext2html

from .. import providers
from .discuss_channel_contact import CONTACT_FIELDS

# So many answers in a row that can't be taken, and a person is asked.
PATIENCE = 3
# Services cut longer words on a button; a line of a list shows them below it.
BUTTON_LENGTH = 20


class HelpdeskChatbotSession(models.Model):
    """A chatbot script on its way through a conversation of an outside service.

    In Odoo's live chat the visitor's browser asks for each step; here the server goes on with each message.
    """

    _name = "helpdesk.chatbot.session"
    _description = "Chatbot in a Conversation"
    _order = "id desc"
    _rec_name = "script_id"

    ticket_id = fields.Many2one("helpdesk.ticket", required=True, readonly=True, ondelete="cascade")
    script_id = fields.Many2one("chatbot.script", required=True, readonly=True, ondelete="cascade")
    step_id = fields.Many2one("chatbot.script.step", readonly=True, ondelete="set null")
    answer_ids = fields.Many2many("chatbot.script.answer", string="Chosen answers", readonly=True)
    facts = fields.Json(readonly=True, groups=NO_ACCESS, help="Questions and answers, in their order.")
    refusals = fields.Integer("Answers not taken in a row", readonly=True)
    end_date = fields.Datetime("Ended on", readonly=True)

    _ticket_idx = models.Index("(ticket_id, id)")
    _open_unique = models.UniqueIndex(
        "(ticket_id) WHERE end_date IS NULL", "A chatbot is in this conversation already."
    )

    @api.model
    def _begin(self, ticket, script):
        """Let a script answer on a ticket, from its first step.

        :param ticket: ``helpdesk.ticket``
        :param script: ``chatbot.script``
        """
        ticket._give_to_bot("bot", script.title)
        session = self.create({"ticket_id": ticket.id, "script_id": script.id, "facts": []})
        session._run(session.script_id.script_step_ids[:1])

    @api.model
    def _of_ticket(self, ticket):
        return self.search([("ticket_id", "=", ticket.id), ("end_date", "=", False)], limit=1)

    # THE CUSTOMER SPEAKS

    def _hear(self, text, payload=""):
        """Take the customer's words as the answer to the current step, and go on.

        :param str text: what the customer wrote, or the title of the button
        :param str payload: what the button carries
        """
        step = self.step_id.with_context(lang=self.ticket_id._customer_language())
        if not step:
            self._finish("")
            return
        if step._asks_for_person(text):
            self._finish(self.env._("The customer asks for a person."))
            return
        if step.step_type == "question_selection":
            self._hear_choice(step, text, payload)
        else:
            self._hear_words(step, text)

    def _hear_choice(self, step, text, payload):
        answer = step._find_option(text, payload)
        if not answer:
            self._refuse(step, self.env._("Please choose one of the options."))
            return
        self.answer_ids |= answer
        self._go_on(step, answer.name)

    def _hear_words(self, step, text):
        value, words = step._read_answer(text, self.ticket_id)
        if value is None:
            self._refuse(step, words)
            return
        self._note_contact(step, value)
        if words:
            self._say(plaintext2html(words))
        self._go_on(step, value)

    def _note_contact(self, step, value):
        name = CONTACT_FIELDS.get(step.step_type)
        if name and not self.ticket_id.partner_id.user_ids:
            self.ticket_id[name] = value

    def _go_on(self, step, answer):
        self.write({"facts": [*(self.sudo().facts or []), [step._question(), answer]], "refusals": 0})
        self._run(step._fetch_next_step(self.answer_ids))

    def _refuse(self, step, words):
        self.refusals += 1
        if self.refusals >= PATIENCE:
            self._finish(self.env._("The customer's answers could not be understood."))
            return
        self._say(plaintext2html(words), step)

    # THE BOT SPEAKS

    def _run(self, step):
        """Say the steps from ``step`` on, up to one that waits for an answer, or the end."""
        while step:
            step = step.with_context(lang=self.ticket_id._customer_language())
            self.step_id = step
            if not is_html_empty(step.message):
                self._say(step.message, step)
            if step.step_type == "solve_ticket":
                self._solve()
                return
            if step.is_forward_operator:
                break
            if step._expects_answer():
                return
            step = step._fetch_next_step(self.answer_ids)
        self._finish("")

    def _say(self, body, step=None):
        """Say something, with the options of a question as the service's own buttons where it has enough."""
        options = step.answer_ids.sorted() if step and step.step_type == "question_selection" else []
        choices = {}
        if options and len(options) <= self._button_count():
            choices = {"answers": [self._prepare_button(option) for option in options]}
        elif options:
            lines = Markup("<br/>").join(
                Markup("%s. %s") % (number, option.name) for number, option in enumerate(options, 1)
            )
            body += Markup("<p>%s</p>") % lines
        ticket = self.ticket_id.with_context(helpdesk_choices={self.ticket_id.id: choices})
        ticket._post_automatic({ticket: body})

    def _prepare_button(self, option):
        """A button as the outbox takes it: what comes back, its words, and what stands below them in a list."""
        return [f"answer:{option.id}", option.name, option.name if len(option.name) > BUTTON_LENGTH else ""]

    def _button_count(self):
        channel = self.ticket_id.channel_id
        provider = providers.load(channel.kind)
        return provider.limits(channel._account()).button_count if hasattr(provider, "limits") else 0

    # THE END

    def _finish(self, reason):
        """Hand over to people with what was found out.

        :param str reason: in plain words
        """
        self.end_date = fields.Datetime.now()
        self.ticket_id._give_to_people(reason, self._summary())

    def _solve(self):
        self.end_date = fields.Datetime.now()
        self.ticket_id.stage_id = self.ticket_id._stage_of("solved")

    def _summary(self):
        return "\n".join(f"{question} {answer}" for question, answer in self.sudo().facts or [])
