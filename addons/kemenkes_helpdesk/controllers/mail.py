from odoo import http
from odoo.exceptions import AccessError
from odoo.http import request
from odoo.tools import consteq

# As large as mail servers let a mail be; Odoo's own limit for a request is higher.
MAX_BYTES = 50 * 1024 * 1024


class Mail(http.Controller):
    """The entrance for mail servers that push, and the way back to the raw bytes."""

    @http.route(
        "/helpdesk/mail/<string:token>",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
        max_content_length=MAX_BYTES,
    )
    def receive(self, token, recipient=None, **_params):
        """Take in one mail: RFC 5322 message as the body, ``recipient`` of the envelope in the query.

        :return: 200 when it is stored for good, 404 for an unknown token, 413 for too large a mail, 422 for none
        """
        # sudo: the token is the sender's right
        channel = request.env["helpdesk.channel"].sudo().search([("webhook_token", "=", token), ("kind", "=", "email")])
        if not channel or not consteq(channel.webhook_token, token):
            return request.make_response("unknown address", status=404)
        length = request.httprequest.content_length or 0
        if length > MAX_BYTES:
            return request.make_response("too large", status=413)
        raw = request.httprequest.get_data()
        if not raw.strip():
            return request.make_response("empty", status=422)
        request.env["helpdesk.inbox.event"].sudo()._receive_pushed_email(channel, raw, recipient)
        return request.make_response("stored")

    @http.route("/helpdesk/inbox/<int:event_id>/raw", type="http", auth="user", methods=["GET"])
    def download(self, event_id):
        """The raw bytes of an inbox event, for those who may see them; a row in the ledger each time."""
        event = request.env["helpdesk.inbox.event"].browse(event_id).exists()
        try:
            event.check_access("read")
            event._check_field_access(event._fields["raw_text"], "read")
        except AccessError:
            event = event.browse()
        if not event:
            return request.not_found()
        event._record_raw_read()
        name = f"inbox-{event.id}.{'eml' if event.kind == 'email' else 'json'}"
        return request.make_response(
            event._raw(),
            headers=[
                ("Content-Type", "application/octet-stream"),
                ("Content-Disposition", http.content_disposition(name)),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )
