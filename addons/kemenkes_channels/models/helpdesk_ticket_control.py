from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.kemenkes_helpdesk.models.helpdesk_stage import DONE_KINDS


class HelpdeskTicket(models.Model):
    """Conversations that another application holds at the service, such as Meta's own assistant or the ministry's bot.

    Whoever is given such a ticket, takes it or answers on it takes the conversation at the service too; an agent may
    pass it back.
    """

    _inherit = "helpdesk.ticket"

    can_pass_conversation = fields.Boolean(compute="_compute_can_pass_conversation")

    @api.depends("channel_id", "holder", "stage_kind")
    def _compute_can_pass_conversation(self):
        self.can_pass_conversation = False
        # sudo: whether a service can do it is known to whoever reads the ticket
        able = self.sudo().filtered(
            lambda ticket: (
                ticket.holder == "people"
                and ticket.stage_kind not in DONE_KINDS
                and ticket.channel_id
                and ticket.channel_id._handover_target()
            )
        )
        if not able:
            return
        for ticket, last in self.env["helpdesk.channel.message"].sudo()._last_of_customers(able).items():
            ticket.can_pass_conversation = not last.is_public

    def _give_to_people(self, reason="", summary=""):
        elsewhere = self.filtered(lambda ticket: ticket.holder == "other")
        super()._give_to_people(reason, summary)
        if not self.env.context.get("helpdesk_routed"):
            # sudo: the machine asks the service, whoever caused it to
            self.env["helpdesk.moderation"].sudo()._route(elsewhere.sudo(), "take_control")

    def action_pass_conversation(self):
        """Let the other application at the service go on with the customer.

        :raise UserError: no application is named that could
        """
        self.check_access("write")
        for ticket in self:
            if not ticket.can_pass_conversation:
                raise UserError(self.env._("There is no other application to which this conversation could be passed."))
        self.user_id = False
        # sudo: whom a channel passes its conversations to is known to whoever may answer
        for ticket in self.sudo():
            ticket._give_to_bot("other", ticket.channel_id._handover_target())
        self.env["helpdesk.moderation"].sudo()._route(self.sudo(), "pass_control")
