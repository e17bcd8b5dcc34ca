from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..personal_fields import HandleChar, LinkToken, PersonalChar, PersonalName, PersonalText


class HelpdeskTicket(models.Model):
    """The customer's personal data on a ticket: masked, and shown to agents who ask, which the ledger notes."""

    _name = "helpdesk.ticket"
    _inherit = ["helpdesk.ticket", "helpdesk.personal.mixin"]

    name = PersonalChar()
    description = PersonalText()
    partner_name = PersonalName()
    partner_email = HandleChar()
    partner_email_normalized = HandleChar()
    partner_phone_normalized = HandleChar()
    partner_phone = HandleChar()
    email_cc = HandleChar()
    failed_delivery = PersonalChar()
    last_message_preview = PersonalChar()
    access_token = LinkToken()
    activity_summary = PersonalChar()
    personal_data_state = fields.Selection(
        [("shown", "Shown"), ("on_request", "Shown on request"), ("masked", "Masked")],
        "Personal data",
        compute="_compute_personal_data_state",
    )

    @api.depends_context("uid")
    def _compute_personal_data_state(self):
        clearance = self.env.user._personal_data_clearance()
        self.personal_data_state = {"all": "shown", "ask": "on_request", "none": "masked"}[clearance]
        if clearance != "ask":
            return
        shown = self.env["helpdesk.reveal"]._shown_ids("ticket_id", self._origin.ids)
        self.filtered(lambda ticket: ticket._origin.id in shown).personal_data_state = "shown"

    def _is_revealed(self):
        return self.personal_data_state == "shown"

    @api.depends_context("uid")
    def _compute_display_name(self):
        super()._compute_display_name()
        if self.env.user._personal_data_clearance() == "none":
            for ticket in self:
                ticket.display_name = self._fields["name"].mask(ticket.display_name)

    def action_reveal_personal_data(self):
        """Show the contact data of these tickets to the user for a quarter of an hour; one ledger row for each.

        :raise AccessError: the user's role need not see personal data, or may not read a ticket
        """
        if self.env.user._personal_data_clearance() == "none":
            raise AccessError(self.env._("Your role does not need customers' personal data."))
        self.check_access("read")
        # sudo: these rows are no one's to write by hand
        self.env["helpdesk.reveal"].sudo()._show(self)
        self._log("revealed")
        self.invalidate_recordset(["personal_data_state"])
        self.partner_id.invalidate_recordset(["personal_data_revealed"])
