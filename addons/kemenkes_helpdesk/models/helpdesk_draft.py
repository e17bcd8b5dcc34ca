from datetime import timedelta

from odoo import api, fields, models

# Whoever has not come back to it by then writes anew.
KEPT_DAYS = 30


class HelpdeskDraft(models.Model):
    """What an agent has begun to write on a ticket, so that it is there on another computer too (R27.a.1)."""

    _name = "helpdesk.draft"
    _description = "Draft of an Answer"

    ticket_id = fields.Many2one("helpdesk.ticket", required=True, index=True, ondelete="cascade")
    user_id = fields.Many2one(
        "res.users", "Agent", required=True, default=lambda self: self.env.user, ondelete="cascade"
    )
    text = fields.Text(required=True)

    _user_ticket_unique = models.UniqueIndex("(user_id, ticket_id)")

    @api.model
    def _keep(self, ticket, text):
        """Keep ``text`` as the account's draft on a ticket; without text there is none."""
        draft = self.search([("user_id", "=", self.env.uid), ("ticket_id", "=", ticket.id)])
        if not text.strip():
            draft.unlink()
        elif draft:
            draft.text = text
        else:
            self.create({"ticket_id": ticket.id, "text": text})

    @api.autovacuum
    def _gc_drafts(self):
        before = fields.Datetime.now() - timedelta(days=KEPT_DAYS)
        self.search([("write_date", "<", before)]).unlink()
