from odoo import models


class MailMessage(models.Model):
    """What is said on a ticket is for those who may read the ticket, and stays as it was said."""

    _name = "mail.message"
    _inherit = ["mail.message", "helpdesk.guard.mixin"]

    _guard_columns = ("model", "res_id")

    def _get_forbidden_access(self, operation):
        forbidden = super()._get_forbidden_access(operation)
        if operation in ("write", "unlink"):
            forbidden |= (self - forbidden)._settled(operation)
        return forbidden

    def _settled(self, operation):
        """The messages on tickets that stay: all of them, but for notes, which their author may mend.

        :param str operation: "write" or "unlink"
        """
        # sudo: what a message is decides who may touch it, before anybody's rights on it are known
        on_tickets = self.sudo().filtered(lambda message: message.model == "helpdesk.ticket" and message.res_id)
        if operation == "write":
            on_tickets = on_tickets.filtered(
                lambda message: (
                    message.helpdesk_direction
                    or (self.env.uid != message.create_uid.id and message.author_id != self.env.user.partner_id)
                )
            )
        return self.browse(on_tickets.ids)
