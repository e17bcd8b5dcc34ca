from odoo import fields, models

from ..providers.records import Reason


class HelpdeskOutboxMessage(models.Model):
    """Why a message does not go, in words that say what to do."""

    _inherit = "helpdesk.outbox.message"

    reason = fields.Char(readonly=True, help="Why it does not go, in one word.")
    reason_detail = fields.Char("Words of the service", readonly=True)

    def _explain(self, fault):
        """A fault as a sentence for the agent; the row keeps its parts.

        :param fault: :class:`records.Fault` or None
        """
        reason = fault.reason if fault else Reason.UNKNOWN
        detail = " ".join(filter(None, (fault.detail, fault.code and f"({fault.code})"))) if fault else ""
        self.write({"reason": reason.value, "reason_detail": detail[:500] or False})
        # written down by a job: in the language that customers and agents have in common
        words = self.with_context(lang=self.ticket_id._customer_language())._reason_words()[reason]
        return f"{words} {detail}".strip()[:2000]

    def _error_of_reader(self):
        """Why a message does not go, in the reader's language: the job that wrote it down has another one."""
        if not self.error or not self.reason:
            return self.error or ""
        return f"{self._reason_words()[Reason(self.reason)]} {self.reason_detail or ''}".strip()

    def _reason_words(self):
        return {
            Reason.WINDOW_CLOSED: self.env._("The customer has not written for too long. Choose an approved template."),
            Reason.NOT_OURS: self.env._("Another application answers this conversation. Take it over first."),
            Reason.NO_RECIPIENT: self.env._("The service does not know this customer."),
            Reason.REFUSED: self.env._("The customer takes no messages from this account."),
            Reason.OPTED_OUT: self.env._("The customer asked for no more messages of this kind."),
            Reason.UNDELIVERABLE: self.env._("The service could not deliver it."),
            Reason.GONE: self.env._("What you answered is no longer there."),
            Reason.NOT_MENTIONED: self.env._(
                "Only who mentioned the account may be answered. Open the post and answer there."
            ),
            Reason.DUPLICATE: self.env._("The service refuses the same words a second time. Change them a little."),
            Reason.TOO_LONG: self.env._("The text is too long."),
            Reason.MEDIA: self.env._("The service does not take this file: its type or its size."),
            Reason.TEMPLATE: self.env._("The template can't be used: paused, unknown, or with wrong values."),
            Reason.BAD_REQUEST: self.env._("The service did not understand the message."),
            Reason.RATE: self.env._("Too many messages at the moment. It is sent by itself later."),
            Reason.UNAVAILABLE: self.env._("The service can't be reached. It is sent by itself as soon as it can."),
            Reason.TOKEN: self.env._(
                "The channel's access has expired. It goes out when an administrator has renewed it."
            ),
            Reason.PERMISSION: self.env._("The channel has no permission to do this at the service."),
            Reason.PAYMENT: self.env._("The service asks for payment. Tell an administrator."),
            Reason.ACCOUNT: self.env._("The service has restricted the channel's account. Tell an administrator."),
            Reason.UNSUPPORTED: self.env._("This service can't do that."),
            Reason.UNKNOWN: self.env._("The service refused it."),
        }
