from odoo import fields, models


class HelpdeskChannelMessage(models.Model):
    """A comment's place: below which post, and below which comment."""

    _inherit = "helpdesk.channel.message"

    post_id = fields.Many2one(
        "helpdesk.post", "Public post", readonly=True, index="btree_not_null", ondelete="set null"
    )
    reply_to = fields.Char(readonly=True, help="Id of the comment or message that it answers.")

    _conversation_idx = models.Index("(channel_id, conversation, id) WHERE is_public")

    def _to_browser(self):
        values = super()._to_browser()
        if self.post_id:
            values["post"] = self.post_id._to_browser()
        return {**values, "is_reply": bool(self.reply_to), "is_edited": bool(self.edited_date)}
