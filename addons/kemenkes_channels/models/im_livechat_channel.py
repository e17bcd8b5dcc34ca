from odoo import fields, models


class ImLivechatChannel(models.Model):
    """The widget of a live chat of the helpdesk: always there, and visitors wait for whom the helpdesk chooses."""

    _inherit = "im_livechat.channel"

    helpdesk_channel_ids = fields.One2many("helpdesk.channel", "livechat_id", "Helpdesk channels")

    def _helpdesk_channel(self):
        # sudo: visitors find out which channel of the helpdesk they reach
        return self.sudo().helpdesk_channel_ids[:1]

    def _is_livechat_available(self):
        return bool(self._helpdesk_channel()) or super()._is_livechat_available()

    def _get_available_operators_by_livechat_channel(self, users=None):
        """Of the helpdesk's chats the team's members, while it is open; the rules of chatbots ask for this."""
        found = super()._get_available_operators_by_livechat_channel(users)
        for livechat in self:
            channel = livechat._helpdesk_channel()
            if channel and not channel._is_open():
                found[livechat] = self.env["res.users"]
            elif channel and users is None:
                members = channel.team_id.member_ids.filtered(lambda user: not user.share)
                found.update(super(ImLivechatChannel, livechat)._get_available_operators_by_livechat_channel(members))
        return found

    def _get_operator_info(self, /, *, chatbot_script_id=None, **kwargs):
        """A chatbot where a rule names one; else the voice of the queue, until there is an agent."""
        channel = self._helpdesk_channel()
        if not channel or (chatbot_script_id and chatbot_script_id in self.rule_ids.chatbot_script_id.ids):
            return super()._get_operator_info(chatbot_script_id=chatbot_script_id, **kwargs)
        return {
            "agent": self.env["res.users"],
            "chatbot_script": self.env["chatbot.script"],
            "operator_partner": channel.livechat_partner_id,
            "operator_model": channel._name,
        }

    def _get_channel_name(self, /, *, visitor_user=None, guest=None, operator_model, **kwargs):
        if operator_model != "helpdesk.channel":
            return super()._get_channel_name(
                visitor_user=visitor_user, guest=guest, operator_model=operator_model, **kwargs
            )
        return f"{visitor_user.display_name if visitor_user else guest.name} {self.name}"

    def _get_livechat_discuss_channel_vals(self, /, **kwargs):
        values = super()._get_livechat_discuss_channel_vals(**kwargs)
        return {**values, "helpdesk_channel_id": self._helpdesk_channel().id}
