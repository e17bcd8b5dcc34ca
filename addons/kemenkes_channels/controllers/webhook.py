import logging

from odoo import http
from odoo.http import request

from .. import providers
from ..providers.records import Verdict

_logger = logging.getLogger(__name__)

# The largest batch a service sends is 3 MB (WhatsApp); larger is none.
MAX_BYTES = 8 * 1024 * 1024
REFUSALS = {Verdict.UNSIGNED: 401, Verdict.FORGED: 403}
# Headers that tell an event apart from another; those that carry secrets are not kept.
KEPT_HEADERS = ("content-type", "user-agent")


class Webhook(http.Controller):
    """Where outside services call. The light receiver answers at the same address in the same way."""

    @http.route(
        "/helpdesk/webhook/<string:token>",
        type="http",
        auth="public",
        methods=["GET", "POST"],
        csrf=False,
        save_session=False,
        readonly=False,
        max_content_length=MAX_BYTES,
    )
    def receive(self, token, **query):
        """The handshake of a service (GET), and what it brings (POST): verified on its raw bytes and stored.

        :return: 200 when it is stored for good, 401 without and 403 with a wrong signature, 404 for an unknown address,
            413 for too large a body; anything else makes the service send it again
        """
        channel = request.env["helpdesk.channel"]._of_webhook(token)
        if not channel:
            return request.make_response("unknown address", status=404)
        account = channel._account()
        if request.httprequest.method == "GET":
            reply = providers.handshake(account, query)
            return request.make_response(
                reply.body, headers=[("Content-Type", reply.content_type)], status=reply.status
            )
        if (request.httprequest.content_length or 0) > MAX_BYTES:
            return request.make_response("too large", status=413)
        raw = request.httprequest.get_data()
        headers = {name.lower(): value for name, value in request.httprequest.headers.items()}
        verdict = providers.verify(account, headers, raw)
        if verdict is not Verdict.GENUINE:
            _logger.info("A payload for channel %s is refused: %s", channel.id, verdict.value)
            return request.make_response(verdict.value, status=REFUSALS[verdict])
        kept = {name: headers[name] for name in KEPT_HEADERS if name in headers}
        # sudo: the signature is the sender's right
        request.env["helpdesk.inbox.event"].sudo()._receive_payload(channel, raw, kept)
        return request.make_response("stored")
