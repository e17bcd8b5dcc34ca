from odoo.http import request, route

from odoo.addons.im_livechat.controllers.cors.chatbot import CorsLivechatChatbotScriptController
from odoo.addons.mail.tools.discuss import add_guest_to_context


class ChatbotController(CorsLivechatChatbotScriptController):
    """Odoo's chatbot goes on as the visitor's browser asks it to; not once people hold the conversation."""

    @route()
    @add_guest_to_context
    def chatbot_trigger_step(self, channel_id, chatbot_script_id=None, data_id=None):
        # sudo: who holds the visitor's own conversation
        chat = request.env["discuss.channel"].search([("id", "=", channel_id)]).sudo()
        if chat.helpdesk_ticket_id and chat.helpdesk_ticket_id.holder != "bot":
            return None
        return super().chatbot_trigger_step(channel_id, chatbot_script_id, data_id)
