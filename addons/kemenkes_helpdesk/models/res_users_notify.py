from markupsafe import Markup

from odoo import models


class ResUsers(models.Model):
    _inherit = "res.users"

    def _notify_in_one(self, subject, lines, look="warning"):
        """Several things in one message to an account, kept in its inbox and shown at once where it is at work.

        :param str subject: in the account's language, as are ``lines``
        :param list lines: of str, plain text
        :param str look: of what is shown at once: info, success, warning or danger
        """
        self.ensure_one()
        items = Markup("").join(Markup("<li>%s</li>") % line for line in lines)
        self.env["mail.thread"].with_context(lang=self.lang).message_notify(
            partner_ids=self.partner_id.ids, subject=subject, body=Markup("<ul>%s</ul>") % items
        )
        self._bus_send("simple_notification", {"type": look, "title": subject, "message": " · ".join(lines[:3])})
