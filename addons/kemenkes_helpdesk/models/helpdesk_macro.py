from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import is_html_empty

from .helpdesk_stage import STAGE_KINDS
from .helpdesk_ticket import PRIORITIES


class HelpdeskMacro(models.Model):
    """Several changes and an answer in one click."""

    _name = "helpdesk.macro"
    _description = "Helpdesk Macro"
    _order = "sequence, name"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    description = fields.Char(translate=True, help="What it is for; agents see it when they choose.")
    product_ids = fields.Many2many("helpdesk.product", string="Products", help="Leave empty for every product.")
    team_ids = fields.Many2many("helpdesk.team", string="Teams", help="Leave empty for every team.")
    reply = fields.Html("Answer to the customer", translate=True, sanitize_attributes=True)
    note = fields.Html("Internal note", translate=True)
    stage_kind = fields.Selection(STAGE_KINDS, "New stage")
    assign = fields.Selection([("me", "To whoever runs it"), ("nobody", "To nobody"), ("user", "To a certain agent")])
    user_id = fields.Many2one("res.users", "Agent", domain="[('share', '=', False)]")
    team_id = fields.Many2one("helpdesk.team", "New team")
    priority = fields.Selection(PRIORITIES, "New priority")
    category_id = fields.Many2one("helpdesk.category", "New category")
    add_tag_ids = fields.Many2many("helpdesk.tag", "helpdesk_macro_add_tag_rel", string="Add tags")
    remove_tag_ids = fields.Many2many("helpdesk.tag", "helpdesk_macro_remove_tag_rel", string="Remove tags")

    _user_given = models.Constraint(
        "CHECK(assign IS DISTINCT FROM 'user' OR user_id IS NOT NULL)", "Say to which agent the macro assigns."
    )

    @api.constrains("reply", "note")
    def _check_reply(self):
        tickets = self.env["helpdesk.ticket"]
        for macro in self:
            tickets._check_placeholders(macro.reply)
            tickets._check_placeholders(macro.note)

    def _for_ticket(self, ticket):
        """The macros of ``self`` that may run on a ticket."""
        return self.filtered(
            lambda macro: (
                (not macro.product_ids or ticket.product_id in macro.product_ids)
                and (not macro.team_ids or ticket.team_id in macro.team_ids)
            )
        )

    def run(self, tickets):
        """Make the macro's changes on tickets and send its answer.

        :param tickets: ``helpdesk.ticket`` that the user may write
        :raise UserError: the macro is not for one of the tickets' products or teams
        """
        self.ensure_one()
        for ticket in tickets:
            if not self._for_ticket(ticket):
                raise UserError(
                    self.env._(
                        "%(macro)s is not meant for the product or team of %(ticket)s.",
                        macro=self.name,
                        ticket=ticket.ticket_ref,
                    )
                )
        # the answer first: what is said to the customer starts no clock that the new stage stops
        for ticket in tickets:
            self._speak(ticket)
        if values := self._prepare_values():
            tickets.write(values)

    def _speak(self, ticket):
        if not is_html_empty(self.reply):
            ticket.message_post(
                body=ticket._render_placeholders(self.reply),
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
        if not is_html_empty(self.note):
            ticket.message_post(
                body=ticket._render_placeholders(self.note),
                message_type="comment",
                subtype_xmlid="mail.mt_note",
            )

    def _prepare_values(self):
        values = {
            name: self[name].id if isinstance(self[name], models.BaseModel) else self[name]
            for name in ("team_id", "priority", "category_id")
            if self[name]
        }
        if self.stage_kind:
            values["stage_id"] = self.env["helpdesk.stage"]._get_by_kind(self.stage_kind).id
        if self.assign:
            values["user_id"] = {"me": self.env.uid, "nobody": False, "user": self.user_id.id}[self.assign]
        commands = [fields.Command.link(tag.id) for tag in self.add_tag_ids]
        commands += [fields.Command.unlink(tag.id) for tag in self.remove_tag_ids]
        if commands:
            values["tag_ids"] = commands
        return values
