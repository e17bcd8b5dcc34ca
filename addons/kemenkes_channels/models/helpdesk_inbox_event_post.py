from odoo import api, models


class HelpdeskInboxEvent(models.Model):
    """Comments keep their place below a post and below one another."""

    _inherit = "helpdesk.inbox.event"

    @api.model
    def _create_outside_messages(self, items):
        posts = self.env["helpdesk.post"].sudo()._of_records([(item.channel, item.record) for item in items])
        return super(HelpdeskInboxEvent, self.with_context(helpdesk_posts=posts))._create_outside_messages(items)

    @api.model
    def _prepare_outside(self, item):
        values = super()._prepare_outside(item)
        post = self.env["helpdesk.post"]
        if post._has_post(item.record):
            post = self.env.context.get("helpdesk_posts", {}).get(post._key(item.channel, item.record), post)
        return {**values, "post_id": post.id, "reply_to": item.record.reply_to or False}
