from odoo import fields, models
from odoo.exceptions import UserError

from .helpdesk_escalation import COMMENT_SUBTYPE


class HelpdeskEscalation(models.Model):
    """The receiving team knows the answer and leaves it to the first tier to tell the customer."""

    _inherit = "helpdesk.escalation"

    def answer_back(self, text):
        """Answer hand-overs: the tickets go back with the answer, to the team and agent they came from.

        The hand-over is done, not returned: it was right to make it.

        :param str text: the answer, plain text; agents and Pusdatin read it, the customer does not
        :return: ``self``
        :raise AccessError: as in :meth:`accept`
        :raise UserError: no answer, or the hand-over has ended
        """
        text = (text or "").strip()
        if not text:
            raise UserError(self.env._("Write the answer."))
        receiving = self._for_receiver()
        waiting = receiving.filtered(lambda escalation: escalation.state == "waiting")
        waiting._set_accepted(self.env.user)
        receiving.write({"state": "done", "ended_date": fields.Datetime.now()})
        receiving._hand_back()
        receiving._log("escalation_answered")
        for escalation in receiving:
            escalation.ticket_id.message_post(
                body=text,
                author_id=self.env.user.partner_id.id,
                message_type="comment",
                subtype_xmlid=COMMENT_SUBTYPE,
                partner_ids=escalation._returns_to().partner_id.ids,
            )
        receiving._tell_sender(self.env._("Answered by the next tier"))
        receiving._show_waiting()
        return self
