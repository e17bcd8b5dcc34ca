from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.kemenkes_helpdesk.models.helpdesk_stage import DONE_KINDS


class HelpdeskReplacementLine(models.Model):
    """One ticket that passes from who leaves to who takes over, and what the new agent should know."""

    _name = "helpdesk.replacement.line"
    _description = "Ticket to Hand Over"
    _order = "is_done, id"
    _rec_name = "ticket_id"

    replacement_id = fields.Many2one("helpdesk.replacement", required=True, ondelete="cascade", index=True)
    ticket_id = fields.Many2one("helpdesk.ticket", required=True, readonly=True, ondelete="cascade", index=True)
    stage_id = fields.Many2one(related="ticket_id.stage_id", related_sudo=True)
    priority = fields.Selection(related="ticket_id.priority", related_sudo=True)
    next_due_date = fields.Datetime(related="ticket_id.next_due_date", related_sudo=True)
    to_user_id = fields.Many2one(
        "res.users", "New agent", domain=[("helpdesk_role", "not in", (False, "pusdatin_viewer"))]
    )
    note = fields.Text("What the new agent should know")
    is_done = fields.Boolean("Handed over", readonly=True)

    def _check_receivers(self):
        """:raise UserError: a ticket has no new agent, or one that may see no tickets"""
        for line in self:
            if not line.to_user_id:
                raise UserError(self.env._("%s has no new agent yet.", line.ticket_id.sudo().ticket_ref))
        for user in self.to_user_id:
            if not user.active or not user._is_admitted():
                raise UserError(self.env._("%s may see no tickets now, so none can be handed to them.", user.name))

    def _hand_over(self):
        """Write the notes and assign the tickets; what was closed meanwhile needs no new agent."""
        # sudo: admin support reads tickets only; who may replace an agent may hand over that agent's tickets
        lines = self.sudo()
        for line in lines.filtered("note"):
            line.ticket_id.message_post(
                body=line.note,
                subject=self.env._("Hand-over from %s", line.replacement_id.user_id.name),
                message_type="comment",
                subtype_xmlid="mail.mt_note",
            )
        for user, received in lines.grouped("to_user_id").items():
            tickets = received.ticket_id
            tickets.filtered(lambda ticket: ticket.stage_kind not in DONE_KINDS).write({"user_id": user.id})
            activities = tickets.activity_ids.filtered(
                lambda activity, line=received[:1]: activity.user_id == line.replacement_id.user_id
            )
            activities.write({"user_id": user.id})
        lines.is_done = True
