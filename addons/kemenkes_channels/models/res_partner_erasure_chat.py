from odoo import models


class ResPartner(models.Model):
    """The right to erasure reaches live chats and what chatbots were told."""

    _inherit = "res.partner"

    def _erasure_scope(self):
        scope = super()._erasure_scope()
        env = scope["tickets"].env
        chats = env["discuss.channel"].search([("helpdesk_ticket_id", "in", scope["tickets"].ids)])
        said = env["mail.message"].search([("model", "=", chats._name), ("res_id", "in", chats.ids)])
        return {
            **scope,
            "chats": chats,
            "chatbots": env["helpdesk.chatbot.session"].search([("ticket_id", "in", scope["tickets"].ids)]),
            "messages": scope["messages"] | said,
            "files": scope["files"] | said.attachment_ids,
        }

    def _erase_records(self, scope, mark):
        super()._erase_records(scope, mark)
        chats = scope["chats"]
        chats.write({"name": mark, "description": False, "livechat_note": False})
        chats.chatbot_message_ids.write({"user_raw_answer": False})
        chats.livechat_customer_guest_ids.write({"name": mark, "email": False})
        scope["chatbots"].write({"facts": []})
