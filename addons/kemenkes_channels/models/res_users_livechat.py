from odoo import models
from odoo.fields import Domain


class ResUsers(models.Model):
    """Which live chats an account may read: those of the tickets it sees, and its own as a visitor."""

    _inherit = "res.users"

    def _helpdesk_chat_domain(self):
        """Of all channels of Odoo's Discuss; other rules narrow it further.

        Roles that see customers' words masked read them on the ticket, where the masks are, not in the chat.

        :return: ``Domain`` on ``discuss.channel``
        """
        self.ensure_one()
        if self.share:
            # visitors and customers are members of their own chats; Odoo's rules let them read no other
            return Domain.TRUE
        others = Domain("helpdesk_channel_id", "=", False)
        own = Domain("livechat_customer_partner_ids", "in", self.partner_id.ids)
        if not self.has_group("kemenkes_helpdesk.group_agent") or self._personal_data_clearance() == "none":
            return others | own
        if self.has_group("kemenkes_helpdesk.group_operation_manager"):
            return others | own | self._helpdesk_every_domain()
        return others | own | Domain("helpdesk_ticket_id", "any", self._helpdesk_ticket_domain())
