import re

from odoo import fields, models
from odoo.tools import email_normalize, format_datetime, html2plaintext
from odoo.tools.mail import email_re

from odoo.addons.kemenkes_helpdesk.tools.personal_data import is_nik

# The kinds of step whose answers the helpdesk reads itself, in Odoo's live chat too.
OWN_TYPES = ("question_name", "question_nik", "lookup_ticket")
ASKING_TYPES = (
    *OWN_TYPES,
    "question_selection",
    "question_email",
    "question_phone",
    "free_input_single",
    "free_input_multi",
)
# Who writes one of these wants a person, whatever was asked.
PERSON_WORDS = {"agen", "agent", "cs", "operator", "orang", "petugas", "admin", "manusia", "human"}
NAME_LENGTH = 80
ANSWER_LENGTH = 2000


class ChatbotScriptStep(models.Model):
    """What a chatbot of the helpdesk can do besides Odoo's own steps, and what answers mean, whatever the channel."""

    _inherit = "chatbot.script.step"

    step_type = fields.Selection(
        selection_add=[
            ("question_name", "Name"),
            ("question_nik", "NIK"),
            ("lookup_ticket", "Look up a ticket"),
            ("solve_ticket", "Solve the ticket"),
        ],
        ondelete={
            "question_name": "cascade",
            "question_nik": "cascade",
            "lookup_ticket": "cascade",
            "solve_ticket": "cascade",
        },
    )

    def _expects_answer(self):
        return self.step_type in ASKING_TYPES

    def _asks_for_person(self, text):
        """Whether somebody who wrote ``text`` wants to speak to a person."""
        return text.strip().casefold().rstrip(".!") in PERSON_WORDS

    def _question(self):
        return html2plaintext(self.message or "", include_references=False).strip()

    # ANSWERS

    def _read_answer(self, text, ticket):
        """What a customer's answer to this step means.

        :param str text: as the customer wrote it
        :param ticket: the customer's ``helpdesk.ticket``
        :return: ``(value, words)``: what is kept, None for an answer that can't be taken; what to say about it
        """
        text = text.strip()[:ANSWER_LENGTH]
        readers = {
            "question_name": self._read_name,
            "question_nik": self._read_nik,
            "question_email": self._read_email,
            "question_phone": self._read_phone,
        }
        if self.step_type == "lookup_ticket":
            return self._look_up(text, ticket)
        if self.step_type in readers:
            return readers[self.step_type](text)
        return (text, "") if text else (None, self.env._("Please write your answer as text."))

    def _read_name(self, text):
        letters = sum(character.isalpha() for character in text)
        if letters < 2 or len(text) > NAME_LENGTH or "\n" in text:
            return None, self.env._("Please write your name only.")
        return text, ""

    def _read_nik(self, text):
        digits = re.sub(r"[\s.\-–_/]", "", text)
        if not re.fullmatch(r"[0-9]{16}", digits):
            return None, self.env._("A NIK has 16 digits. Please look at the card and write it again.")
        if not is_nik(digits):
            return None, self.env._("This number is not built like a NIK. Please look at the card and write it again.")
        return digits, ""

    def _read_email(self, text):
        email = next(filter(None, map(email_normalize, email_re.findall(text))), None)
        return (email, "") if email else (None, self.env._("This is no e-mail address. Please write it again."))

    def _read_phone(self, text):
        number = self.env["helpdesk.identity"]._normalize_handle("phone", text)
        return (number, "") if number else (None, self.env._("This is no phone number. Please write it again."))

    def _look_up(self, text, ticket):
        """How far a ticket is: told to its own customer, and to who knows its number and its e-mail address.

        Nothing of what was said on it is told.
        """
        reference = re.sub(r"\s+", "-", text.upper())[:40]
        # sudo: the machine looks for the customer, who has no rights on tickets
        found = self.env["helpdesk.ticket"].sudo().search([("ticket_ref", "=", reference)], limit=1)
        address = ticket.partner_email_normalized
        is_theirs = found.partner_id == ticket.partner_id or (address and found.partner_email_normalized == address)
        if not found or not is_theirs:
            return None, self.env._(
                "We found no ticket of yours with this number. Please look at it and write it again."
            )
        moment = format_datetime(
            self.env,
            found.write_date,
            tz=found.site_id.timezone,
            dt_format="d MMMM y, HH:mm",
            lang_code=self.env.lang,
        )
        return found.ticket_ref, self.env._(
            "Ticket %(number)s: %(stage)s. Last change: %(date)s.",
            number=found.ticket_ref,
            stage=found.stage_id.with_context(lang=self.env.lang).name,
            date=moment,
        )

    def _find_option(self, text, payload=""):
        """Which answer of a question with options was meant: by its button, its number or its words.

        :return: ``chatbot.script.answer``, empty where it is none of them
        """
        answers = self.answer_ids.sorted()
        by_payload = answers.filtered(lambda answer: payload == f"answer:{answer.id}")
        if by_payload:
            return by_payload
        wanted = text.strip().casefold()
        if wanted.isdecimal() and 0 < int(wanted) <= len(answers):
            return answers[int(wanted) - 1]
        return answers.filtered(lambda answer: answer.name.strip().casefold() == wanted)[:1]

    # IN ODOO'S LIVE CHAT

    def _process_answer(self, discuss_channel, message_body):
        # sudo: the visitor has no rights on tickets
        ticket = discuss_channel.sudo().helpdesk_ticket_id
        text = html2plaintext(message_body or "", include_references=False)
        hand_over = self.chatbot_script_id.script_step_ids.filtered("is_forward_operator")[:1]
        if ticket and hand_over and self._asks_for_person(text):
            return hand_over
        if not ticket or self.step_type not in OWN_TYPES:
            return super()._process_answer(discuss_channel, message_body)
        value, words = self._read_answer(text, ticket)
        if value is None:
            # the same step again, with what is wrong in place of the question
            return self.with_context(helpdesk_refusal=words)
        if words:
            discuss_channel._chatbot_post_message(self.chatbot_script_id, words)
        return super()._process_answer(discuss_channel, message_body)

    def _process_step(self, discuss_channel):
        refusal = self.env.context.get("helpdesk_refusal")
        if refusal:
            return discuss_channel._chatbot_post_message(self.chatbot_script_id, refusal)
        posted = super()._process_step(discuss_channel)
        # sudo: as above
        ticket = discuss_channel.sudo().helpdesk_ticket_id
        if self.step_type == "solve_ticket" and ticket:
            ticket.stage_id = ticket._stage_of("solved")
        return posted
