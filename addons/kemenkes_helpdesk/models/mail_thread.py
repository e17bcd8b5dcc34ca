import xmlrpc.client

from odoo import api, models
from odoo.exceptions import AccessError


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def message_process(
        self, model, message, custom_values=None, save_original=False, strip_attachments=False, thread_id=None
    ):
        """Every mail that reaches Odoo comes through here; the helpdesk's go into the inbox, as they are, first.

        :return: False for a mail in the inbox: its ticket is made a moment later; else as in Odoo
        :raise AccessError: an ordinary user calls it by RPC; with it they could forge a customer's mail
        """
        if not self.env.su and not self.env.user.has_group("base.group_system"):
            raise AccessError(self.env._("Mails are taken in by mail servers and administrators only."))
        if isinstance(message, xmlrpc.client.Binary):
            message = message.data
        raw = message.encode("utf-8", "surrogateescape") if isinstance(message, str) else bytes(message)
        # sudo: the inbox takes in what the mail server brings, in nobody's name
        events = self.env["helpdesk.inbox.event"].sudo()
        server = self.env["fetchmail.server"].sudo().browse(self.env.context.get("default_fetchmail_server_id"))
        if not thread_id and events._receive_email(raw, server=server, model=model):
            return False
        return super().message_process(model, raw, custom_values, save_original, strip_attachments, thread_id)
