from datetime import timedelta

from odoo import fields, models

from .helpdesk_channel import DEFAULT_REOPEN_DAYS
from .helpdesk_stage import DONE_KINDS


class HelpdeskTicket(models.Model):
    """Where a customer's further words go: to the ticket itself, or to a new one that follows it."""

    _inherit = "helpdesk.ticket"

    def _reply_targets(self):
        """The ticket that takes in a customer's reply to each ticket of ``self``.

        A merged ticket hands on to its survivor. A ticket that was solved longer ago than its channel
        allows to reopen is followed by a new one, linked to it, so that old figures stay as they were
        (peers.md, pain point 22). What follows a merged ticket is its own customer's, not the survivor's.

        :return: ``{ticket: ticket}``, the new tickets already made
        """
        targets = {ticket: ticket._survivor() for ticket in self}
        late = self.browse(ticket.id for ticket, target in targets.items() if target._is_too_late_to_reopen())
        followers = self.create([ticket._prepare_follower() for ticket in late]) if late else late
        return {**targets, **dict(zip(late, followers, strict=True))}

    def _survivor(self):
        """The ticket that this one was merged into in the end, or itself."""
        self.ensure_one()
        return self.survivor_id or self

    def _is_too_late_to_reopen(self):
        if self.stage_kind not in DONE_KINDS or not self.solved_date:
            return False
        days = self.channel_id.reopen_days if self.channel_id else DEFAULT_REOPEN_DAYS
        return self.solved_date < fields.Datetime.now() - timedelta(days=days)

    def _prepare_follower(self):
        return {
            "name": self.name,
            "previous_id": self.id,
            "partner_id": self.partner_id.id,
            "partner_name": self.partner_name,
            "partner_email": self.partner_email,
            "partner_phone": self.partner_phone,
            "channel_id": self.channel_id.id,
            # the first tier takes it up again, whoever had it last
            "team_id": (self.channel_id.team_id or self.product_id.team_id or self.team_id).id,
            "site_id": self.site_id.id,
            "product_id": self.product_id.id,
            "category_id": self.category_id.id,
        }
