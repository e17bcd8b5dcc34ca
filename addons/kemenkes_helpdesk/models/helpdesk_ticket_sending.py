import re

from odoo import models
from odoo.exceptions import UserError

from ..exceptions import TicketAnsweredError

KEY = re.compile(r"[0-9a-f-]{32,36}")
MOST_SHOWN = 3


class HelpdeskTicket(models.Model):
    """An answer that a browser sends again because it did not hear of its arrival is taken once; two agents who answer
    at the same time hear of one another before the second answer goes out.

    The browser says in its context, under ``helpdesk_sending``, ``{"key": a random number of the message, in
    hexadecimal, "seen_message_id": the newest message that was on its screen}``; both may be missing.
    """

    _inherit = "helpdesk.ticket"

    def message_post(self, **kwargs):
        sending = self.env.context.get("helpdesk_sending")
        if not sending or len(self) != 1 or not isinstance(sending, dict):
            return super().message_post(**kwargs)
        key = self._sending_key(sending.get("key"))
        if sent := self._sent_before(key):
            return sent
        if not self._is_note(kwargs.get("subtype_xmlid"), kwargs.get("subtype_id")):
            self._check_nobody_answered(int(sending.get("seen_message_id") or 0))
        ticket = self.with_context(helpdesk_sending=False)
        message = super(HelpdeskTicket, ticket).message_post(**kwargs)
        # sudo: posted a moment ago with the account's own rights
        message.sudo().helpdesk_sending_key = key
        return message.with_env(self.env)

    def _sending_key(self, key):
        if not key:
            return False
        if not KEY.fullmatch(str(key)):
            raise UserError(self.env._("This message came in damaged. Send it again."))
        return key

    def _sent_before(self, key):
        if not key:
            return None
        # sudo: one's own message, which is found whatever has become of the ticket since
        return (
            self.env["mail.message"]
            .sudo()
            .search([("helpdesk_sending_key", "=", key), ("author_id", "=", self.env.user.partner_id.id)], limit=1)
            .sudo(self.env.su)
        )

    def _check_nobody_answered(self, seen_message_id):
        """
        :raise TicketAnsweredError: a colleague has answered the customer after the newest message that was seen
        """
        if not seen_message_id:
            return
        # sudo: answers on a ticket that the account answers itself
        answers = (
            self.env["mail.message"]
            .sudo()
            .search(
                [
                    ("model", "=", self._name),
                    ("res_id", "=", self.id),
                    ("id", ">", seen_message_id),
                    ("helpdesk_direction", "=", "out"),
                    ("author_id", "!=", self.env.user.partner_id.id),
                ],
                order="id desc",
                limit=MOST_SHOWN,
            )
        )
        if answers:
            raise TicketAnsweredError(
                self.env._(
                    "%(agent)s has answered this customer meanwhile. Read it before yours goes out.",
                    agent=", ".join(dict.fromkeys(answers.author_id.mapped("name"))),
                )
            )
