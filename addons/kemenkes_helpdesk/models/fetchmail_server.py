import logging

from odoo import fields, models

_logger = logging.getLogger(__name__)


class FetchmailServer(models.Model):
    """Mailboxes of the helpdesk: a mail is stored and committed before the mailbox is told that it was fetched.

    Odoo's own loop commits after each ``message_process``, which only stores a helpdesk's mail, and marks it as seen
    (IMAP) or deletes it (POP) afterwards. See ``mail.thread.message_process`` for the storing.
    """

    _inherit = "fetchmail.server"

    helpdesk_channel_id = fields.Many2one(
        "helpdesk.channel",
        "Helpdesk channel",
        domain=[("kind", "=", "email")],
        help="Mails of this mailbox that are sent to no other known address become tickets of this channel.",
    )
