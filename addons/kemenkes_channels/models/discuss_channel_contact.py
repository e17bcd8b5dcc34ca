from odoo import api, models
from odoo.tools import email_normalize, html2plaintext
from odoo.tools.mail import email_re

# Steps of chatbots whose answers are contact data, and the ticket's field for each.
CONTACT_FIELDS = {"question_email": "partner_email", "question_phone": "partner_phone", "question_name": "partner_name"}


class DiscussChannel(models.Model):
    """How a visitor can be reached after the chat: what they type where they are asked for it."""

    _inherit = "discuss.channel"

    def _note_contact(self, message):
        """Keep an address or number that the visitor was asked for.

        Anybody may type any address: it goes on this ticket, as in the web form, and makes nobody another customer.
        """
        ticket = self.helpdesk_ticket_id
        text = html2plaintext(message.body or "", include_references=False).strip()
        if self._running_script():
            name = CONTACT_FIELDS.get(self.chatbot_current_step_id.step_type)
        else:
            name = "partner_email" if not ticket.partner_email and not self.livechat_agent_partner_ids else None
        value = self._read_contact(name, text)
        if value and not ticket.partner_id.user_ids:
            ticket.write({name: value})

    @api.model
    def _read_contact(self, name, text):
        if name == "partner_email":
            return next(filter(None, map(email_normalize, email_re.findall(text))), None)
        if name == "partner_phone":
            return text if self.env["helpdesk.identity"]._normalize_handle("phone", text) else None
        return text[:80] if name and len(text) > 1 else None
