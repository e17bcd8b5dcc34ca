from odoo import models
from odoo.tools.mail import email_split_tuples

from ..personal_fields import HandleChar, HandleText, PersonalChar, PersonalField, PersonalHtml
from .helpdesk_personal_mixin import CUSTOMER_MODELS


class MailMessage(models.Model):
    """Messages on tickets, masked for readers whose role does not need personal data."""

    _name = "mail.message"
    _inherit = ["mail.message", "helpdesk.personal.mixin"]

    subject = PersonalChar()
    body = PersonalHtml()
    preview = PersonalChar()
    record_name = PersonalChar()
    email_from = HandleChar()
    reply_to = HandleChar()
    incoming_email_to = HandleText()
    incoming_email_cc = HandleChar()
    outgoing_email_to = HandleChar()

    def _holds_customer_data(self):
        return self.sudo().model in CUSTOMER_MODELS

    def _is_revealed(self):
        message = self.sudo()
        return self.env[message.model].browse(message.res_id)._is_revealed()

    def _to_store(self, store, fields, **kwargs):
        super()._to_store(store, fields, **kwargs)
        stored = store.data.get(self._name, {})
        for message in self:
            message._mask_stored(stored.get((message.id,), {}))

    def _mask_stored(self, values):
        """Odoo puts some values into the store past ``convert_to_read``: the sender, and addresses split up."""
        for name, value in values.items():
            field = self._fields.get(name)
            if not value or not isinstance(field, PersonalField) or not field._is_hidden(self):
                continue
            if isinstance(value, str):
                values[name] = field.mask(value)
            elif name in ("incoming_email_to", "incoming_email_cc"):
                values[name] = email_split_tuples(field.mask(self[name]))
