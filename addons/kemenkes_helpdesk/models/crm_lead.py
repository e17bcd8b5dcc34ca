from odoo import fields, models
from odoo.tools import html2plaintext


class CrmLead(models.Model):
    _inherit = "crm.lead"

    helpdesk_ticket_ids = fields.One2many(
        "helpdesk.ticket", "lead_id", "Tickets", groups="kemenkes_helpdesk.group_user"
    )
    helpdesk_ticket_count = fields.Integer(
        "Ticket count", compute="_compute_helpdesk_ticket_count", groups="kemenkes_helpdesk.group_user"
    )

    def _compute_helpdesk_ticket_count(self):
        counts = dict(self.env["helpdesk.ticket"]._read_group([("lead_id", "in", self.ids)], ["lead_id"], ["__count"]))
        for lead in self:
            lead.helpdesk_ticket_count = counts.get(lead, 0)

    def action_create_helpdesk_ticket(self):
        """Make a ticket of what the prospect asks for; the lead stays.

        :return: action showing the ticket
        """
        self.ensure_one()
        ticket = self.env["helpdesk.ticket"].create(
            {
                "name": self.name,
                "partner_id": self.partner_id.id,
                "partner_name": self.contact_name or self.partner_name,
                "partner_email": self.email_from,
                "partner_phone": self.phone,
                "description": html2plaintext(self.description or ""),
                "lead_id": self.id,
            }
        )
        self.message_post(body=self.env._("Ticket %s created", ticket._get_html_link()))
        return ticket.get_formview_action()

    def action_view_helpdesk_tickets(self):
        """Open the tickets of the leads."""
        action = self.env["ir.actions.act_window"]._for_xml_id("kemenkes_helpdesk.helpdesk_ticket_action")
        action["domain"] = [("lead_id", "in", self.ids)]
        action["context"] = {}
        return action
