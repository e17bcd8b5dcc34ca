from odoo.exceptions import UserError
from odoo.http import request, route

from odoo.addons.im_livechat.controllers.cors.main import CorsLivechatController
from odoo.addons.im_livechat.tools.misc import force_guest_env
from odoo.addons.kemenkes_helpdesk.tools import form_submission
from odoo.addons.mail.tools.discuss import add_guest_to_context

REQUESTS_PER_HOUR = 60
FEEDBACK_LENGTH = 2000


class LivechatRatingController(CorsLivechatController):
    """At the end of a chat of the helpdesk the visitor gives 1 to 5 stars (R15), in the place of Odoo's three faces."""

    @route("/im_livechat/rating_choices", type="jsonrpc", auth="public")
    @add_guest_to_context
    def rating_choices(self, channel_id):
        """What the visitor is asked.

        :return: as ``helpdesk.ticket._rating_choices``, in the visitor's language; None for other chats
        """
        chat = self._chat(channel_id)
        if not chat.helpdesk_channel_id:
            return None
        ticket = chat.helpdesk_ticket_id if self._is_visitor(chat) else chat.helpdesk_ticket_id.browse()
        return ticket._rating_choices() if ticket else {}

    @route("/im_livechat/cors/rating_choices", type="jsonrpc", auth="public", cors="*")
    def cors_rating_choices(self, guest_token, channel_id):
        force_guest_env(guest_token)
        return self.rating_choices(channel_id)

    @route()
    @add_guest_to_context
    def feedback(self, channel_id, rate, reason=None, reason_ids=(), **kwargs):
        """Keep the visitor's answer, or change it.

        :return: in chats of the helpdesk a dict with ``is_kept``, or ``error`` for the visitor
        """
        chat = self._chat(channel_id)
        if not chat.helpdesk_channel_id:
            return super().feedback(channel_id, rate, reason, **kwargs)
        if not chat.helpdesk_ticket_id or not self._is_visitor(chat):
            return {"is_kept": False}
        limiter = request.env["helpdesk.rate.limit"]
        if not limiter._take("rate", limiter._network(request.httprequest.remote_addr), REQUESTS_PER_HOUR):
            return {"error": request.env._("Too many requests from your network. Wait a while and try again.")}
        score = rate if isinstance(rate, int) else 0
        words = form_submission.clean_text(reason if isinstance(reason, str) else "", FEEDBACK_LENGTH)
        chosen = [id_ for id_ in reason_ids if isinstance(id_, int)] if isinstance(reason_ids, list) else []
        try:
            return {"is_kept": chat.helpdesk_ticket_id._rate(score, words, chosen)}
        except UserError as error:
            return {"error": str(error)}

    @route()
    def cors_feedback(self, guest_token, channel_id, rate, reason=None, reason_ids=()):
        force_guest_env(guest_token)
        return self.feedback(channel_id, rate, reason, reason_ids)

    def _chat(self, channel_id):
        chats = request.env["discuss.channel"]
        chat = chats.search([("id", "=", channel_id)]) if isinstance(channel_id, int) else chats
        # sudo: found in the caller's own rights; visitors have none on tickets
        return chat.sudo()

    def _is_visitor(self, chat):
        """Whether the caller is the visitor; agents are in the chat as well, and rate nobody."""
        partner, guest = request.env["res.partner"]._get_current_persona()
        return bool(guest & chat.livechat_customer_guest_ids or partner & chat.livechat_customer_partner_ids)
