from odoo import fields, models

# More comments below one comment than anybody reads on a ticket; the newest are shown.
SHOWN_COMMENTS = 200


class HelpdeskTicket(models.Model):
    """The public conversation that a ticket's comments are part of: post, comments below it, replies below these."""

    _inherit = "helpdesk.ticket"

    has_public_messages = fields.Boolean(compute="_compute_has_public_messages")

    def _compute_has_public_messages(self):
        groups = self.env["helpdesk.channel.message"]._read_group(
            [("ticket_id", "in", self.ids), ("is_public", "=", True)], ["ticket_id"]
        )
        public = {ticket.id for (ticket,) in groups}
        for ticket in self:
            ticket.has_public_messages = ticket.id in public

    def get_comment_tree(self):
        """Posts with the comments that stand in one tree with comments of this ticket.

        Comments of other customers are shown where the reader may see their tickets.

        :return: list of ``{"post": {...}, "comments": [{"id", "author", "text", "date", "depth", "direction",
            "is_own", "is_hidden", "is_deleted", "is_edited", "ticket_id", "ticket_ref"}]}``, dates as UTC text
        """
        self.ensure_one()
        self.check_access("read")
        outside = self.env["helpdesk.channel.message"]
        own = outside.search([("ticket_id", "=", self.id), ("is_public", "=", True)])
        if not own:
            return []
        rows = outside.search(
            [
                ("channel_id", "in", own.channel_id.ids),
                ("is_public", "=", True),
                ("conversation", "in", list(filter(None, own.mapped("conversation")))),
            ],
            limit=SHOWN_COMMENTS,
        )
        by_post = {}
        for of_conversation in rows.sorted(lambda row: (row.date, row.id)).grouped("conversation").values():
            # our own comments come without their post
            post = of_conversation.sudo().post_id[:1]
            by_post.setdefault(post, []).extend(self._in_tree_order(of_conversation))
        return [{"post": post._to_browser(), "comments": comments} for post, comments in by_post.items()]

    def _in_tree_order(self, rows):
        """The comment at the top, then the replies in the order in which they were written."""
        tops = rows.filtered(lambda row: row.external_id == row.conversation)
        below = [self._comment_to_browser(row, 1) for row in rows - tops]
        return [*(self._comment_to_browser(row, 0) for row in tops), *below]

    def _comment_to_browser(self, row, depth):
        return {
            "id": row.id,
            "message_id": row.message_id.id,
            "author": row.message_id.author_id.display_name or row.message_id.email_from or "",
            "text": row.message_id.preview or "",
            "date": row.date.isoformat(" ", "seconds"),
            "depth": depth,
            "direction": row.direction,
            "is_own": row.ticket_id == self,
            "is_hidden": row.is_hidden,
            "is_deleted": bool(row.deleted_date),
            "is_edited": bool(row.edited_date),
            "ticket_id": row.ticket_id.id,
            "ticket_ref": row.ticket_id.ticket_ref,
        }
