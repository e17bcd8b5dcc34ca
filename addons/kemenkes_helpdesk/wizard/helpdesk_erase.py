from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..models.res_partner_erasure import ERASURE_REASONS


class HelpdeskErase(models.TransientModel):
    """Erase customers' personal data, after a look at what goes and a typed word: there is no way back."""

    _name = "helpdesk.erase"
    _description = "Erase Personal Data"

    partner_ids = fields.Many2many("res.partner", string="Customers", required=True, context={"active_test": False})
    reason = fields.Selection(ERASURE_REASONS, required=True)
    preview = fields.Text(compute="_compute_preview")
    expected = fields.Char("To confirm, type", compute="_compute_expected")
    confirmation = fields.Char()

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        if self.env.context.get("active_model") == "res.partner":
            values["partner_ids"] = [fields.Command.set(self.env.context.get("active_ids", []))]
        return values

    @api.depends("partner_ids")
    def _compute_preview(self):
        for wizard in self:
            scope = wizard.partner_ids._origin._erasure_scope()
            still_open = scope["tickets"].filtered(lambda ticket: ticket.stage_kind not in ("solved", "closed"))
            wizard.preview = "\n".join(
                [
                    self.env._(
                        "Tickets: %(total)s, of which open: %(open)s", total=len(scope["tickets"]), open=len(still_open)
                    ),
                    self.env._("Messages: %s", len(scope["messages"])),
                    self.env._("Files: %s", len(scope["files"])),
                    self.env._("Raw messages: %s", len(scope["events"])),
                    self.env._("Addresses and numbers: %s", len(scope["identities"])),
                    self.env._("Leads: %s", len(scope["leads"])),
                    self.env._("Accounts: %s", len(scope["users"])),
                ]
            )

    @api.depends("partner_ids")
    def _compute_expected(self):
        for wizard in self:
            wizard.expected = "ERASE " + ",".join(map(str, wizard.partner_ids._origin.ids))

    def action_erase(self):
        """Erase what the preview counts.

        :return: an action that closes the dialog
        :raise AccessError: the user is no administrator
        :raise UserError: the typed word is not the expected one
        """
        self.ensure_one()
        if not self.env.user.has_group("kemenkes_helpdesk.group_manager"):
            raise AccessError(self.env._("Only administrators erase personal data."))
        if (self.confirmation or "").strip() != self.expected:
            raise UserError(self.env._("Type %s to confirm. What is erased can't be brought back.", self.expected))
        self.partner_ids._erase_personal_data(self.reason)
        return {"type": "ir.actions.act_window_close"}
