from odoo import fields, models
from odoo.exceptions import UserError


class HelpdeskTicket(models.Model):
    """A ticket's live chats: at most one of them goes on."""

    _inherit = "helpdesk.ticket"

    chat_ids = fields.One2many("discuss.channel", "helpdesk_ticket_id", "Chats", readonly=True)
    has_open_chat = fields.Boolean(compute="_compute_has_open_chat")

    def _compute_has_open_chat(self):
        # sudo: whether the visitor is there is known to whoever reads the ticket
        groups = (
            self.env["discuss.channel"]
            .sudo()
            ._read_group(
                [("helpdesk_ticket_id", "in", self.ids), ("livechat_end_dt", "=", False)], ["helpdesk_ticket_id"]
            )
        )
        chatting = {ticket.id for (ticket,) in groups}
        for ticket in self:
            ticket.has_open_chat = ticket.id in chatting

    def _open_chat(self):
        """The chat in which the visitor is at the moment, empty when there is none."""
        self.ensure_one()
        # sudo: as above
        chats = self.env["discuss.channel"].sudo()
        return chats.search(
            [("helpdesk_ticket_id", "=", self.id), ("livechat_end_dt", "=", False)], order="id desc", limit=1
        )

    def action_open_chat(self):
        """Open the visitor's chat, beside whoever is in it.

        :return: an action
        :raise UserError: the visitor has left
        """
        self.ensure_one()
        self.check_access("write")
        chat = self._open_chat()
        if not chat:
            raise UserError(self.env._("The visitor has left the chat."))
        if self.env.user.partner_id not in chat.channel_member_ids.partner_id:
            chat._add_members(users=self.env.user, create_member_params={"livechat_member_type": "agent"})
        return {
            "type": "ir.actions.client",
            "tag": "mail.action_discuss",
            # else Discuss takes the ticket's id, which stands in the context
            "context": {"active_id": f"discuss.channel_{chat.id}"},
        }

    def _prepare_answer_limits(self, channel):
        limits = super()._prepare_answer_limits(channel)
        if channel.kind != "livechat":
            return limits
        return {**limits, "kind": "livechat", "blocked": self._chat_obstacle()}

    def _chat_obstacle(self):
        """Why an answer would not reach the visitor, or False."""
        if self._open_chat() or self.partner_email:
            return False
        return self.env._("The visitor has left and gave no e-mail address: an answer would reach nobody.")
