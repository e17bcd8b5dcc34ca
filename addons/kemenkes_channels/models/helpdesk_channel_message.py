from odoo import api, fields, models
from odoo.orm.models import NO_ACCESS

from ..providers import reading


class HelpdeskChannelMessage(models.Model):
    """A message of a ticket as the outside service knows it: by this id it is quoted, edited, reacted to, answered.

    A message that went out in several pieces has a row for each.
    """

    _name = "helpdesk.channel.message"
    _description = "Message at an Outside Service"
    _order = "id desc"
    _rec_name = "external_id"

    channel_id = fields.Many2one("helpdesk.channel", required=True, readonly=True, ondelete="restrict")
    external_id = fields.Char(required=True, readonly=True)
    message_id = fields.Many2one("mail.message", required=True, readonly=True, index=True, ondelete="cascade")
    ticket_id = fields.Many2one(
        "helpdesk.ticket", required=True, readonly=True, ondelete="cascade", help="Under whose number it was said."
    )
    direction = fields.Selection([("in", "From the customer"), ("out", "From us")], required=True, readonly=True)
    kind = fields.Char(readonly=True, help="text, media, sticker, location, contact, choice, comment, mention, story")
    date = fields.Datetime(required=True, readonly=True, help="By the service's clock.")
    recipient = fields.Char(readonly=True, help="The customer's id that answers go to.")
    conversation = fields.Char(readonly=True, help="Id of the conversation, of a comment the id of the top comment.")
    is_public = fields.Boolean(readonly=True)
    is_standby = fields.Boolean(readonly=True, help="Another application held the conversation.")
    is_hidden = fields.Boolean(readonly=True, help="Hidden from the public at the service.")
    edited_date = fields.Datetime(readonly=True)
    deleted_date = fields.Datetime(readonly=True)
    url = fields.Char(readonly=True)
    post = fields.Json(readonly=True, help="The public post it was said under.")
    versions = fields.Json(readonly=True, groups=NO_ACCESS, help="What it said before it was edited or deleted.")
    media_ids = fields.One2many("helpdesk.media", "outside_id", readonly=True)
    outbox_id = fields.Many2one(
        "helpdesk.outbox.message", readonly=True, index="btree_not_null", ondelete="set null", help="How it went out."
    )

    _external_unique = models.UniqueIndex("(channel_id, external_id)")
    _ticket_idx = models.Index("(ticket_id, id)")
    _window_idx = models.Index("(channel_id, recipient, date) WHERE direction = 'in'")

    @api.model
    def _by_external_id(self, channel_ids, external_ids):
        """Known messages: ``{(channel id, external id): helpdesk.channel.message}``."""
        ids = list(filter(None, dict.fromkeys(external_ids)))
        if not ids:
            return {}
        rows = self.search([("channel_id", "in", list(channel_ids)), ("external_id", "in", ids)])
        return {(row.channel_id.id, row.external_id): row for row in rows}

    @api.model
    def _last_of_customers(self, tickets):
        """What answers go to: ``{helpdesk.ticket: helpdesk.channel.message}``, the customer's last one of each.

        Of those on the ticket's own channel: what came by another one is answered there.
        """
        groups = self._read_group(
            [("ticket_id", "in", tickets.ids), ("direction", "=", "in")], ["ticket_id", "channel_id"], ["id:max"]
        )
        return {
            ticket: self.browse(last_id) for ticket, channel, last_id in groups if channel == ticket.sudo().channel_id
        }

    @api.model
    def _last_private_dates(self, rows):
        """When the customers behind ``rows`` last wrote to the account in private, on whichever ticket.

        :return: ``{(channel id, recipient): naive UTC}``
        """
        groups = self._read_group(
            [
                ("channel_id", "in", rows.channel_id.ids),
                ("recipient", "in", [row.recipient for row in rows if row.recipient]),
                ("direction", "=", "in"),
                ("is_public", "=", False),
            ],
            ["channel_id", "recipient"],
            ["date:max"],
        )
        return {(channel.id, recipient): date for channel, recipient, date in groups}

    def _keep_version(self):
        """Note what a message says now, before it says something else."""
        for row in self:
            versions = list(row.sudo().versions or [])
            now = fields.Datetime.to_string(fields.Datetime.now())
            row.sudo().versions = [*versions, {"until": now, "body": str(row.message_id.body or "")}]

    def _tell_readers(self):
        """Browsers that show these messages read them anew."""
        self.ticket_id._tell_watchers(anew=True)

    def _to_browser(self):
        """What the thread shows of it beside the words."""
        self.ensure_one()
        post = self.post or {}
        return {
            "kind": self.kind or "",
            "is_public": self.is_public,
            "is_standby": self.is_standby,
            "is_hidden": self.is_hidden,
            "is_deleted": bool(self.deleted_date),
            "url": reading.web_address(self.url),
            "post": {**post, "url": reading.web_address(post.get("url"))},
            "media": [
                {"id": media.id, "kind": media.kind, "state": media.state, "error": media.error or ""}
                for media in self.media_ids
                if media.state != "done"
            ],
        }
