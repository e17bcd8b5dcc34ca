from odoo import api, fields, models

from .. import providers
from ..providers import reading
from ..providers.records import Fault
from ..tools.transport import Transport

TEXT_LENGTH = 5000


class HelpdeskPost(models.Model):
    """A public post of the ministry, or one that names it: what a comment below it is about.

    Webhooks bring the post's id; its words are asked for once and serve all comments below it.
    """

    _name = "helpdesk.post"
    _description = "Public Post"
    _inherit = ["helpdesk.due.mixin"]
    _order = "id desc"
    _rec_name = "external_id"
    _due_job = "kemenkes_channels.ir_cron_post"

    channel_id = fields.Many2one("helpdesk.channel", required=True, readonly=True, ondelete="cascade")
    external_id = fields.Char(required=True, readonly=True)
    mention = fields.Char(readonly=True, help="Id of the comment or post of somebody else that names the account.")
    text = fields.Text(readonly=True)
    url = fields.Char("Address", readonly=True)
    author = fields.Char(readonly=True)
    state = fields.Selection(
        [("waiting", "Being fetched"), ("done", "Fetched"), ("failed", "Failed")],
        required=True,
        default="waiting",
        readonly=True,
    )
    outside_ids = fields.One2many("helpdesk.channel.message", "post_id", readonly=True)

    _external_unique = models.UniqueIndex("(channel_id, external_id, COALESCE(mention, ''))")
    _due_idx = models.Index("(next_attempt_date, id) WHERE state = 'waiting'")

    @api.model
    def _of_records(self, pairs):
        """The posts under which something was said, made where they are not known.

        :param list pairs: ``(helpdesk.channel, records.Message)``; of those without a post nothing is made
        :return: ``{(channel id, post id, mention): helpdesk.post}``
        """
        wanted = {self._key(channel, record): (channel, record) for channel, record in pairs if self._has_post(record)}
        if not wanted:
            return {}
        known = self.search(
            [
                ("channel_id", "in", [channel.id for channel, _record in wanted.values()]),
                ("external_id", "in", [record.post.external_id for _channel, record in wanted.values()]),
            ]
        )
        found = {(post.channel_id.id, post.external_id, post.mention or ""): post for post in known}
        missing = [key for key in wanted if key not in found]
        made = self.create([self._prepare_post(*wanted[key], key) for key in missing])
        if any(post.state == "waiting" for post in made):
            self._wake_job()
        return {**found, **dict(zip(missing, made, strict=True))}

    @api.model
    def _has_post(self, record):
        return bool(record.is_public and record.post and record.post.external_id)

    @api.model
    def _key(self, channel, record):
        return channel.id, record.post.external_id, record.external_id if record.kind == "mention" else ""

    @api.model
    def _prepare_post(self, channel, record, key):
        post = record.post
        can_ask = not post.text and providers.can(channel.kind, "post_call")
        return {
            "channel_id": channel.id,
            "external_id": post.external_id,
            "mention": key[2] or False,
            "text": post.text[:TEXT_LENGTH] or False,
            "url": post.url or False,
            "author": post.author or False,
            "state": "waiting" if can_ask else "done",
        }

    def _to_browser(self):
        """The post as the thread and the tree of comments show it."""
        url = reading.web_address(self.url)
        return {"id": self.id, "text": self.text or "", "url": url, "author": self.author or ""}

    # ASKING FOR THE WORDS

    def _work_one(self):
        account = self.channel_id._account()
        provider = providers.load(account.kind)
        mention = self.mention or ""
        with Transport(account.api_host) as transport:
            answer = transport.run(provider.post_call(account, self.external_id, mention))
        post = provider.read_post(account, self.external_id, mention, answer)
        if isinstance(post, Fault):
            if not self._put_off(post):
                self.state = "failed"
            return
        self.write(
            {
                "state": "done",
                "text": post.text[:TEXT_LENGTH] or False,
                "url": post.url or self.url,
                "author": post.author or False,
            }
        )
        self._show()

    def _show(self):
        """Browsers that show a comment below the post read it anew; a mention without words has them now."""
        outside = self.sudo().outside_ids
        if self.mention and self.text:
            for row in outside.filtered(lambda row: row.kind == "mention" and not row.message_id.body):
                row.message_id.body = self.text
        outside._tell_readers()
