from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.kemenkes_helpdesk.models.helpdesk_stage import OPEN_KINDS


class HelpdeskTicket(models.Model):
    """A chatbot in a ticket's conversation is done as soon as people hold it; an agent may let it ask on."""

    _inherit = "helpdesk.ticket"

    def action_give_to_bot(self):
        """Let the channel's chatbot answer again, from its first step; the ticket is nobody's meanwhile.

        :raise AccessError: the user may not write the ticket
        :raise UserError: no chatbot answers on the ticket's channel, or the ticket is done
        """
        self.ensure_one()
        self.check_access("write")
        if not self._may_give_to_bot():
            raise UserError(self.env._("No chatbot can go on with %s.", self.ticket_ref))
        self.user_id = False
        # sudo: the machine's own bookkeeping
        self.env["helpdesk.chatbot.session"].sudo()._begin(self.sudo(), self.channel_id._answering_script())
        return True

    def _may_give_to_bot(self):
        """Whether people hold the ticket and a chatbot could: that of its channel, on a ticket that is open."""
        return (
            self.holder == "people"
            and self.stage_kind in OPEN_KINDS
            and not self.merged_into_id
            and bool(self.channel_id.sudo()._answering_script())  # sudo: that a channel has a bot is no secret
            and self.has_access("write")
        )

    def _give_to_people(self, reason="", summary=""):
        # sudo: the machine's own bookkeeping
        sessions = self.env["helpdesk.chatbot.session"].sudo()
        running = sessions.search([("ticket_id", "in", self.ids), ("end_date", "=", False)])
        running.end_date = fields.Datetime.now()
        super()._give_to_people(reason, summary)
