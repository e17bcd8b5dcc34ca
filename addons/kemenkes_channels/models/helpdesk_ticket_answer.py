from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

from .. import providers

FILE_KINDS = ("image", "video", "audio")
# What the composer is told of a channel that takes any answer, as mail does.
NO_LIMITS = {
    "text_length": 0,
    "private_text_length": 0,
    "text_unit": "characters",
    "is_public": False,
    "has_private_reply": False,
    "one_answer": False,
    "post": {},
    "has_window": False,
    "window_end": False,
    "tag_end": False,
    "templates": [],
    "blocked": False,
}


class HelpdeskTicket(models.Model):
    """What an answer may be on the ticket's channel: how long, until when, which files; asked before it is sent."""

    _inherit = "helpdesk.ticket"

    def get_answer_limits(self, channel_id=False):
        """What the composer shows and checks.

        :param int channel_id: the channel by which the agent wants to answer; False for the one that is at hand
        :return: dict; empty where there is nothing to choose or to heed. Times are UTC texts or False.
        :raise UserError: the customer can't be reached on that channel
        """
        self.ensure_one()
        self.check_access("read")
        ticket = self.with_context(helpdesk_answer={"channel_id": channel_id}) if channel_id else self
        # sudo: how one may answer is known to whoever reads the ticket
        channel = ticket.sudo()._answer_channel()
        ticket._check_asked_channel(channel)
        limits, ways = ticket._prepare_answer_limits(channel), ticket._prepare_answer_ways()
        is_elsewhere = channel != self.sudo().channel_id
        if not limits and len(ways) < 2 and not is_elsewhere:
            return {}
        place = {"channel_id": channel.id, "is_elsewhere": is_elsewhere, "ways": ways}
        return {**NO_LIMITS, "kind": channel.kind, **limits, **place}

    def _prepare_answer_limits(self, channel):
        """What one channel asks of an answer; empty for channels without limits.

        :param channel: ``helpdesk.channel``, sudo
        """
        provider = providers.load(channel.kind)
        if not provider or not hasattr(provider, "limits"):
            return {}
        limits = provider.limits(channel._account())
        last = self._last_words_on(channel)
        is_public = bool(last and last.is_public)
        templates = channel.template_ids.filtered(lambda template: template.state == "approved")
        return {
            "kind": channel.kind,
            "text_length": (is_public and limits.public_text_length) or limits.text_length,
            "private_text_length": limits.text_length,
            "text_unit": limits.text_unit,
            "is_public": is_public,
            "has_private_reply": is_public and limits.has_private_reply,
            "one_answer": limits.one_answer,
            "post": (last.post or {}) if last else {},
            **self._window(limits, last),
            "templates": templates._to_browser() if limits.has_templates else [],
            "blocked": self._answer_obstacle(channel, last),
        }

    def _window(self, limits, last):
        """Until when free words reach the customer, and until when a person's words do."""
        if not limits.window_seconds or (last and last.is_public):
            return {"has_window": False, "window_end": False, "tag_end": False}
        spoken = self._last_private_words(last)
        end = spoken and spoken + timedelta(seconds=limits.window_seconds)
        tag_end = spoken and limits.tag_window_seconds and spoken + timedelta(seconds=limits.tag_window_seconds)
        return {
            "has_window": True,
            "window_end": fields.Datetime.to_string(end) if end else False,
            "tag_end": fields.Datetime.to_string(tag_end) if tag_end else False,
        }

    def _last_private_words(self, last):
        """When the customer last wrote to the account, on whichever ticket."""
        if not last:
            return None
        outside = self.env["helpdesk.channel.message"].sudo()
        domain = [
            ("channel_id", "=", last.channel_id.id),
            ("recipient", "=", last.recipient),
            ("direction", "=", "in"),
            ("is_public", "=", False),
        ]
        return outside.search(domain, order="date desc", limit=1).date

    def _answer_obstacle(self, channel, last):
        if channel.is_paused:
            return self.env._("This channel is paused: answers wait until it goes on.")
        if channel.stop_reason:
            return self.env._("This channel can't send at present: %s", channel.stop_reason)
        return False if last else self._recipient_obstacle(channel)

    def _recipient_obstacle(self, channel):
        """Why an answer would find nobody on ``channel``, or False."""
        if channel.kind == "call":
            return self.env._(
                "A call is answered by calling. Enter the customer's e-mail address in the ticket to write to them."
            )
        if self.env["helpdesk.outbox.message"]._known_recipient(self):
            return False
        return self.env._("The customer has never written on this channel: an answer would reach nobody.")

    # BEFORE IT IS SENT

    def _send_reply(self, message):
        number = message.helpdesk_source_id or self
        number._check_answer(message)
        asked = self.env.context.get("helpdesk_answer") or {}
        template = self.env["helpdesk.outbox.message"]._asked_template(asked)
        if template:
            # the thread keeps what the customer gets, whatever stood in the composer
            message.sudo().body = plaintext2html(template._render(asked.get("values")))
        return super()._send_reply(message)

    def _check_answer(self, message):
        """Refuse what the service would refuse, while the agent still has the words.

        :raise UserError: too long, outside the window, a file the service does not take, nobody to send it to
        """
        channel = self._answer_channel().sudo()
        self._check_asked_channel(channel)
        provider = providers.load(channel.kind)
        if not provider or not hasattr(provider, "limits"):
            return
        account = channel._account()
        limits = provider.limits(account)
        asked = self.env.context.get("helpdesk_answer") or {}
        last = self._last_words_on(channel)
        is_public = bool(last and last.is_public and asked.get("mode") != "private")
        if not last and (obstacle := self._recipient_obstacle(channel)):
            raise UserError(obstacle)
        template = self.env["helpdesk.outbox.message"]._asked_template(asked)
        if template:
            self._check_template(template, channel)
            return
        self._check_length(message, account, limits, is_public)
        self._check_window(limits, last, asked)
        self._check_files(message, limits)

    def _check_template(self, template, channel):
        if template.channel_id != channel:
            raise UserError(self.env._("This template belongs to another channel."))

    def _check_length(self, message, account, limits, is_public):
        most = (is_public and limits.public_text_length) or limits.text_length
        text = self.env["helpdesk.outbox.message"]._text_of(message.body)
        length = self._count_text(account, text, limits.text_unit)
        if most and length > most:
            raise UserError(
                self.env._(
                    "The answer is too long for this channel: %(length)s of %(most)s. Shorten it.",
                    length=length,
                    most=most,
                )
            )

    @api.model
    def _count_text(self, account, text, unit):
        """How long a text is, as the service counts."""
        provider = providers.load(account.kind)
        if hasattr(provider, "text_length"):
            return provider.text_length(account, text)
        return len(text.encode()) if unit == "bytes" else len(text)

    def _check_window(self, limits, last, asked):
        window = self._window(limits, last)
        if not window["has_window"]:
            return
        now = fields.Datetime.to_string(fields.Datetime.now())
        end = window["tag_end"] if asked.get("tag") == "human_agent" else window["window_end"]
        if end and now < end:
            return
        if limits.has_templates:
            raise UserError(
                self.env._("The customer has not written for too long. Choose an approved template to write first.")
            )
        raise UserError(self.env._("The customer has not written for too long: this service lets no answer through."))

    def _check_files(self, message, limits):
        for attachment in message.sudo().attachment_ids:
            kind = (attachment.mimetype or "").partition("/")[0]
            kind = kind if kind in FILE_KINDS and kind in limits.media else "document"
            limit = limits.media.get(kind)
            if not limit or (limit.types and attachment.mimetype not in limit.types):
                raise UserError(self.env._("This channel takes no files of this type: %s", attachment.name))
            if limit.size and attachment.file_size > limit.size:
                raise UserError(
                    self.env._(
                        "%(name)s is too large for this channel: at most %(size)s MB.",
                        name=attachment.name,
                        size=limit.size // 1_000_000,
                    )
                )
