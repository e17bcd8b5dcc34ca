from odoo import models

from ..personal_fields import HandleChar, PersonalChar, PersonalHtml, PersonalName


class CrmLead(models.Model):
    """Leads made from tickets, and all others: whom the helpdesk shows a customer masked, sees the prospect masked."""

    _name = "crm.lead"
    _inherit = ["crm.lead", "helpdesk.personal.mixin"]

    name = PersonalChar()
    description = PersonalHtml()
    activity_summary = PersonalChar()
    contact_name = PersonalName()
    partner_name = PersonalName()
    # tracking would copy what is masked into the chatter
    email_from = HandleChar(tracking=False)
    email_normalized = HandleChar()
    email_domain_criterion = HandleChar()
    email_cc = HandleChar()
    phone = HandleChar(tracking=False)
    phone_sanitized = HandleChar()

    def _is_revealed(self):
        return bool(self.partner_id) and self.partner_id._is_revealed()
