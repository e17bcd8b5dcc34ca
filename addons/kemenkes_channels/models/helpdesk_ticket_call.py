from odoo import api, fields, models


class HelpdeskTicket(models.Model):
    """The calls of a ticket, and calling its customer."""

    _inherit = "helpdesk.ticket"

    call_ids = fields.One2many("helpdesk.call", "ticket_id", "Calls")
    call_count = fields.Integer("Number of calls", compute="_compute_call_count")
    can_dial = fields.Boolean(compute="_compute_can_dial")

    @api.depends("call_ids")
    def _compute_call_count(self):
        for ticket in self:
            ticket.call_count = len(ticket.call_ids)

    @api.depends("partner_phone")
    @api.depends_context("uid")
    def _compute_can_dial(self):
        """Whether this account has a telephone, and somebody to call with it."""
        user = self.env.user
        # sudo: that there is a line is no secret
        is_equipped = (
            bool(user.helpdesk_extension)
            and user.has_group("kemenkes_helpdesk.group_agent")
            and self.env["helpdesk.channel"]
            .sudo()
            .search_count([("kind", "=", "call"), ("api_host", "!=", False)], limit=1)
        )
        for ticket in self:
            ticket.can_dial = bool(is_equipped and ticket.partner_phone)

    def action_dial(self):
        """Ring this account's telephone, then the customer's."""
        self.ensure_one()
        self.env["helpdesk.call"].dial(self)

    def action_write_down_call(self):
        """Write down a call that no telephone system told of."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Write down a call"),
            "res_model": "helpdesk.call",
            "views": [(self.env.ref("kemenkes_channels.helpdesk_call_view_form_manual").id, "form")],
            "target": "new",
            "context": {"default_ticket_id": self.id, "default_partner_id": self.partner_id.id},
        }

    def action_open_calls(self):
        """The calls of this ticket."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("kemenkes_channels.helpdesk_call_action")
        return {**action, "domain": [("ticket_id", "=", self.id)], "context": {"default_ticket_id": self.id}}
