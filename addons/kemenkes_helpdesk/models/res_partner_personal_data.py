from odoo import api, fields, models

from ..personal_fields import HandleChar, PersonalChar, PersonalName


class ResPartner(models.Model):
    """Customers' contact data, masked for the roles of the helpdesk; colleagues' stays as it is."""

    _name = "res.partner"
    _inherit = ["res.partner", "helpdesk.personal.mixin"]

    # tracking would copy what is masked into the chatter
    email = HandleChar(tracking=False)
    phone = HandleChar(tracking=False)
    email_normalized = HandleChar()
    email_formatted = HandleChar()
    phone_sanitized = HandleChar()
    name = PersonalName()
    complete_name = PersonalName()
    activity_summary = PersonalChar()
    personal_data_revealed = fields.Boolean(compute="_compute_personal_data_revealed")

    @api.depends_context("uid")
    def _compute_personal_data_revealed(self):
        shown = self.env["helpdesk.reveal"]._shown_ids("partner_id", self._origin.ids)
        for partner in self:
            partner.personal_data_revealed = partner._origin.id in shown

    def _holds_customer_data(self):
        # sudo: partners are read in sudo by those who may see nothing but their names
        partner = self.sudo()
        return partner.partner_share and partner != self.env.user.partner_id

    def _is_revealed(self):
        return self.personal_data_revealed

    @api.depends_context("uid")
    def _compute_display_name(self):
        """Pickers may ask for the address beside the name."""
        if self.env.user._personal_data_clearance() == "all":
            super()._compute_display_name()
            return
        hidden = self.filtered(lambda partner: partner._hides_personal(self._fields["email"]))
        super(ResPartner, self - hidden)._compute_display_name()
        super(ResPartner, hidden.with_context(show_email=False))._compute_display_name()
        for partner in hidden:
            partner.display_name = self._fields["name"].mask(partner.with_context(show_email=False).display_name)
