from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

RELAY_GROUP = "kemenkes_channels.group_relay"
# An office computer that took a message and fell silent: somebody else may take it after this.
RELAY_LEASE = timedelta(minutes=10)


class HelpdeskOutboxMessage(models.Model):
    """Answers on WhatsApp that an office computer types into WhatsApp Web: an emergency way, off unless turned on.

    The computer runs ``relay/whatsapp_web.py`` and asks here for one message at a time. Nothing confirms that a message
    arrived, and the message says so.
    """

    _inherit = "helpdesk.outbox.message"

    @api.model
    def _claim_conditions(self):
        wants_relay = bool(self.env.context.get("helpdesk_relay"))
        return SQL(
            """
            %s AND EXISTS (
                SELECT FROM helpdesk_channel AS relayed
                 WHERE relayed.id = this.channel_id AND COALESCE(relayed.uses_relay, FALSE) = %s)
            """,
            super()._claim_conditions(),
            wants_relay,
        )

    @api.model
    def relay_take(self):
        """The next message for the office computer; it is that computer's for ten minutes.

        :return: ``{"id", "phone", "text"}``, empty while there is none
        :raise AccessError: the user is no relay
        """
        self._check_relay()
        # sudo: relays read no tickets, they get one message at a time
        rows = self.sudo().with_context(helpdesk_relay=True)
        while row := rows._claim_next():
            if row.message_id.attachment_ids:
                row._give_up(self.env._("The office computer sends text only. Send the file another way."))
                continue
            row.next_attempt_date = fields.Datetime.now() + RELAY_LEASE
            return {"id": row.id, "phone": row.recipient, "text": row._text_of(row.message_id.body)}
        return {}

    @api.model
    def relay_report(self, message_id, error=""):
        """What became of a message that an office computer took.

        :param int message_id: as :meth:`relay_take` gave it
        :param str error: why it could not be typed; none: it was submitted
        :raise AccessError: the user is no relay, or the message was not its
        """
        self._check_relay()
        # sudo: as above
        row = self.sudo().browse(message_id).exists()
        if not row.channel_id.uses_relay:
            raise AccessError(self.env._("This message was not given to an office computer."))
        if row.state != "queued":
            return
        if error:
            row._note_error(str(error)[:500])
            return
        row.write(
            {
                "state": "sent",
                "sent_date": fields.Datetime.now(),
                "attempts": row.attempts + 1,
                "error": self.env._("Submitted by the office computer, unconfirmed."),
            }
        )
        row._record_delivery()

    @api.model
    def _check_relay(self):
        if not self.env.user.has_group(RELAY_GROUP):
            raise AccessError(self.env._("Only accounts of the WhatsApp relay may do this."))
