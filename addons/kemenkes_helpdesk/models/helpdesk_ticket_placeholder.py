from datetime import datetime

import pytz

from odoo import models
from odoo.exceptions import ValidationError

from ..tools import placeholder

PLACEHOLDERS = (
    "agent",
    "category",
    "customer",
    "greeting",
    "product",
    "reference",
    "site",
    "status_link",
    "subject",
    "team",
)


class HelpdeskTicket(models.Model):
    """Placeholders in canned words and what stands for them on a ticket."""

    _inherit = "helpdesk.ticket"

    def _placeholder_values(self):
        """:return: dict, a str for each name of PLACEHOLDERS, in the language of the environment"""
        self.ensure_one()
        return {
            "agent": self.user_id.name or self.team_id.name,
            "category": self.category_id.name or "",
            "customer": self.partner_name or self.partner_id.name or self.env._("Sir or Madam"),
            "greeting": self._greeting(),
            "product": self.product_id.name or "",
            "reference": self.ticket_ref,
            "site": self.site_id.name,
            "status_link": self._portal_link(),
            "subject": self.name,
            "team": self.team_id.name,
        }

    def _greeting(self):
        """Indonesians greet by the time of day: pagi, siang, sore, malam."""
        hour = datetime.now(pytz.timezone(self.site_id.timezone)).hour
        if 4 <= hour < 11:
            return self.env._("Good morning")
        if 11 <= hour < 15:
            return self.env._("Good day")
        if 15 <= hour < 18:
            return self.env._("Good afternoon")
        return self.env._("Good evening")

    def _portal_link(self):
        return self.get_base_url() + self.get_portal_url()

    def _render_placeholders(self, text):
        """
        :param text: ``str`` or ``Markup``
        :return: the same with this ticket's values in place
        """
        if not text or "{{" not in text:
            return text
        return placeholder.render(text, self._placeholder_values())

    def _check_placeholders(self, text):
        """
        :raise ValidationError: ``text`` has a placeholder that no ticket can fill
        """
        if names := placeholder.unknown(str(text or ""), PLACEHOLDERS):
            raise ValidationError(
                self.env._(
                    "Nothing stands for %(unknown)s. These placeholders can be used: %(known)s",
                    unknown=", ".join(f"{{{{{name}}}}}" for name in names),
                    known=", ".join(f"{{{{{name}}}}}" for name in PLACEHOLDERS),
                )
            )

    def message_post(self, *, body="", author_id=None, helpdesk_source_id=False, **kwargs):
        # canned responses are put into the composer with their placeholders; only here are the words one ticket's
        own_words = author_id in (None, self.env.user.partner_id.id) and self.env.user._is_internal()
        if len(self) == 1 and own_words:
            number = self.browse(helpdesk_source_id) if helpdesk_source_id else self
            body = number._render_placeholders(body)
        return super().message_post(body=body, author_id=author_id, helpdesk_source_id=helpdesk_source_id, **kwargs)
