from datetime import timedelta

from odoo import api, fields, models

from .. import providers
from ..providers import pages
from .helpdesk_channel_pull import TEMPLATES

# Google gives out seven days of reviews: whoever has not looked for so long is about to lose some.
LATE_DAYS = 5


class HelpdeskChannel(models.Model):
    """What asking a service has brought: of each page only the news is stored, failures are shown, reviews counted."""

    _inherit = "helpdesk.channel"

    is_pulled = fields.Boolean(compute="_compute_is_pulled")
    pull_minutes = fields.Integer(
        "Ask every (minutes)", help="0: as often as the service's quota allows with room to spare."
    )
    pull_date = fields.Datetime("Last asked", readonly=True, copy=False, help="The last time that it worked.")
    pull_error = fields.Char("Why asking failed", readonly=True, copy=False)
    is_pull_late = fields.Boolean(compute="_compute_is_pulled")
    review_count = fields.Integer("Reviews", compute="_compute_review_count")
    review_waiting_count = fields.Integer("Reviews that wait", compute="_compute_review_count")

    @api.depends("kind", "pull_date")
    def _compute_is_pulled(self):
        late = fields.Datetime.now() - timedelta(days=LATE_DAYS)
        for channel in self:
            channel.is_pulled = bool(channel._what_to_pull())
            channel.is_pull_late = channel.is_pulled and bool(channel.pull_date) and channel.pull_date < late

    def _compute_review_count(self):
        counts = self.env["helpdesk.review"]._count_by_channel()
        for channel in self:
            channel.review_count, channel.review_waiting_count = counts.get(channel.id, (0, 0))

    def _what_to_pull(self):
        return [what for what in getattr(providers.load(self.kind), "PULLS", {}) if what != TEMPLATES]

    def _is_due(self, what, seconds):
        return super()._is_due(what, 60 * self.pull_minutes or seconds)

    def _keep_page(self, account, raw, records):
        fresh = self._find_fresh(records)
        if fresh:
            news = tuple(record for number, record in enumerate(records) if number in fresh)
            super()._keep_page(account, pages.keep(raw, fresh), news)

    def _find_fresh(self, found):
        """Places of the records that have not been taken in before: a page is the same again and again."""
        keys = [record.key[:500] for record in found]
        # sudo: marks are the machine's
        items = self.env["helpdesk.inbox.item"].sudo()
        known = items.search([("channel_id", "=", self.id), ("key", "in", keys)])
        marks = {(item.record, item.key) for item in known}
        return {
            number
            for number, (record, key) in enumerate(zip(found, keys, strict=True))
            if (record.record, key) not in marks
        }

    def _note_pull(self, what, cursor, fault=None):
        super()._note_pull(what, cursor, fault)
        if fault is None:
            self.write({"pull_date": fields.Datetime.now(), "pull_error": False})
            return
        words = self.env["helpdesk.outbox.message"]._reason_words()[fault.reason]
        # a token may end before its time: the next question gets a new one
        self.write({"pull_error": f"{words} {fault.detail}".strip()[:500], "short_token_date": False})
        if self.is_pull_late and not fault.stops_account:
            text = self.env._("%s has not been asked for days: older reviews are about to be lost.", self.name)
            self._tell_keepers(text)

    def action_pull(self):
        """Ask now, whether it is due or not."""
        self.ensure_one()
        self.check_access("write")
        channel = self.sudo()
        for what in channel._what_to_pull():
            channel._pull_into_inbox(what)
        if self.pull_error:
            return self._show_notice(self.pull_error, "danger")
        return self._show_notice(self.env._("Everything new has been fetched."), "success")

    def action_open_reviews(self):
        """The reviews of this app."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("kemenkes_channels.helpdesk_review_action")
        return {**action, "context": {"search_default_channel_id": self.id}}
