from odoo import models
from odoo.tools import plaintext2html


class HelpdeskTicket(models.Model):
    """A question that turns out to be a prospect goes on in the CRM, and back."""

    _inherit = "helpdesk.ticket"

    def action_create_lead(self):
        """Make a lead of the ticket, or open the one it has.

        :return: action showing the lead
        :raise AccessError: the user may not create leads
        """
        self.ensure_one()
        if not self.lead_id:
            lead = self.env["crm.lead"].create(self._prepare_lead_values())
            self.lead_id = lead
            lead.message_post(
                body=self.env._("Created from the ticket %s", self._get_html_link(title=self.display_name))
            )
            self.message_post(body=self.env._("Lead %s created", lead._get_html_link()), subtype_xmlid="mail.mt_note")
        return self.lead_id.get_formview_action()

    def _prepare_lead_values(self):
        self.ensure_one()
        return {
            "name": self.name,
            "type": "lead",
            "partner_id": self.partner_id.id,
            "contact_name": self.partner_name,
            "email_from": self.partner_email,
            "phone": self.partner_phone,
            "description": plaintext2html(self.description or ""),
            "user_id": self.env.uid,
        }
