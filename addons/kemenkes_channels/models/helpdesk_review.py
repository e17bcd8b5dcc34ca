from odoo import api, fields, models

from odoo.addons.kemenkes_helpdesk.personal_fields import PersonalChar, PersonalText

STORES = [("playstore", "Google Play"), ("appstore", "App Store")]
STORE_KINDS = tuple(kind for kind, _label in STORES)
STARS = range(1, 6)
NAME_LENGTH = 60


class HelpdeskReview(models.Model):
    """A review of one of our apps in a store, as it stands there now, and the one answer it may have.

    Only the inbox, the import and the outbox write reviews. What a review said before is in its versions; a
    conversation about it is a ticket.
    """

    _name = "helpdesk.review"
    _description = "App Review"
    _inherit = ["helpdesk.personal.mixin"]
    _order = "date desc, id desc"

    channel_id = fields.Many2one("helpdesk.channel", required=True, readonly=True, ondelete="restrict")
    store = fields.Selection(STORES, required=True, readonly=True)
    product_id = fields.Many2one("helpdesk.product", readonly=True)
    site_id = fields.Many2one("helpdesk.site", readonly=True)
    team_id = fields.Many2one("helpdesk.team", readonly=True)
    external_id = fields.Char("Id in the store", required=True, readonly=True)

    stars = fields.Integer(required=True, readonly=True, aggregator="avg")
    title = PersonalChar(readonly=True)
    text = PersonalText(readonly=True)
    original_text = PersonalText("Text before translation", readonly=True)
    author = PersonalChar(readonly=True)
    language = fields.Char(readonly=True, help="Code of the language that the reviewer's device is set to.")
    territory = fields.Char("Country", readonly=True)
    app_version = fields.Char("App version", readonly=True)
    os_version = fields.Char("System version", readonly=True)
    device = fields.Char(readonly=True)
    helpful_count = fields.Integer("Found helpful", readonly=True)
    date = fields.Datetime("Written", required=True, readonly=True, help="First version, by the store's clock.")
    edit_date = fields.Datetime("Last changed", required=True, readonly=True)
    edition_key = fields.Char(readonly=True, help="Which version stands there now.")
    edition_ids = fields.One2many("helpdesk.review.edition", "review_id", "Versions", readonly=True)
    edition_count = fields.Integer("Number of versions", readonly=True, default=1, aggregator=None)

    ticket_id = fields.Many2one("helpdesk.ticket", readonly=True, index="btree_not_null", ondelete="set null")

    _external_unique = models.UniqueIndex("(channel_id, external_id)")
    _stars_range = models.Constraint("CHECK(stars BETWEEN 1 AND 5)", "A review has one to five stars.")
    _date_idx = models.Index("(date DESC, id DESC)")
    _product_idx = models.Index("(product_id, date)")
    _stars_idx = models.Index("(stars, date)")
    _version_idx = models.Index("(app_version, date) WHERE app_version IS NOT NULL")

    @api.depends("title", "text", "stars")
    @api.depends_context("uid")
    def _compute_display_name(self):
        for review in self:
            words = review._shown("title") or " ".join((review._shown("text") or "").split())
            short = words if len(words) <= NAME_LENGTH else f"{words[: NAME_LENGTH - 1].rstrip()}…"
            review.display_name = f"{stars_as_text(review.stars)} {short}".strip()

    def action_open_ticket(self):
        """The ticket about this review."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "helpdesk.ticket",
            "res_id": self.ticket_id.id,
            "views": [(False, "form")],
        }

    # TAKING IN

    @api.model
    def _take(self, found):
        """Store reviews as the stores tell them, each version once; an older version only adds to the history.

        :param list found: ``(helpdesk.channel, records.Review)``, the oldest first
        :return: for each of ``found`` ``(helpdesk.review, news)``; news is "new", "edited", "answered" (at the store,
            by somebody outside the helpdesk) or None
        """
        known = self._by_external_id(found)
        fresh = {}
        for channel, record in found:
            key = channel.id, record.external_id
            if key not in known and key not in fresh:
                fresh[key] = self._prepare_new(channel, record)
        made = self.create(list(fresh.values()))
        known.update(zip(fresh, made, strict=True))
        versions = self.env["helpdesk.review.edition"]._keep(
            [(known[channel.id, record.external_id], record) for channel, record in found]
        )
        told = []
        for (channel, record), is_version in zip(found, versions, strict=True):
            key = channel.id, record.external_id
            is_new = fresh.pop(key, None) is not None
            told.append((known[key], known[key]._take_one(record, is_new, is_version)))
        made._note_editions()
        return told

    @api.model
    def _by_external_id(self, found):
        channels = {channel.id for channel, _record in found}
        ids = {record.external_id for _channel, record in found}
        reviews = self.search([("channel_id", "in", list(channels)), ("external_id", "in", list(ids))])
        return {(review.channel_id.id, review.external_id): review for review in reviews}

    @api.model
    def _prepare_new(self, channel, record):
        now = fields.Datetime.now()
        return {
            "channel_id": channel.id,
            "store": channel.kind,
            "product_id": channel.product_id.id,
            "site_id": channel.site_id.id,
            "team_id": channel.team_id.id,
            "external_id": record.external_id,
            "date": record.created_date or record.date or now,
            **self._prepare_words(record),
        }

    @api.model
    def _prepare_words(self, record):
        return {
            "stars": record.stars,
            "title": record.title or False,
            "text": record.text or False,
            "original_text": record.original_text or False,
            "author": record.sender.name or False,
            "language": record.language or False,
            "territory": record.territory or False,
            "app_version": record.app_version or False,
            "os_version": record.os_version or False,
            "device": record.device or False,
            "helpful_count": min(record.helpful_count, 2**31 - 1),
            "edit_date": record.date or fields.Datetime.now(),
            "edition_key": edition_key(record),
        }

    def _take_one(self, record, is_new, is_version):
        """Bring one review up to date.

        :return: as :meth:`_take`
        """
        news = "new" if is_new else None
        if not is_new:
            self._complete(record)
        if is_version and not is_new:
            if self._is_newer(record):
                self.write(self._prepare_edit(record))
                news = "edited"
            self._note_editions()
        is_answered = self._take_reply(record)
        return news or ("answered" if is_answered else None)

    def _is_newer(self, record):
        # Apple gives no date of an edit: what comes later is later
        return self.store == "appstore" or not record.date or record.date >= self.edit_date

    def _prepare_edit(self, record):
        values = self._prepare_words(record)
        if self.store == "appstore":
            values["edit_date"] = fields.Datetime.now()
        # a file may know less than the interface
        return {name: value for name, value in values.items() if value or name in ("title", "text", "original_text")}

    def _complete(self, record):
        """What one source tells and the other doesn't: a file the first date, the interface the author."""
        told = {"author": record.sender.name, "device": record.device, "app_version": record.app_version}
        values = {name: value for name, value in told.items() if value and not self[name]}
        if record.created_date and record.created_date < self.date:
            values["date"] = record.created_date.replace(microsecond=0)
        if record.helpful_count > self.helpful_count:
            values["helpful_count"] = min(record.helpful_count, 2**31 - 1)
        if values:
            self.write(values)

    def _note_editions(self):
        counts = dict(
            self.env["helpdesk.review.edition"]._read_group([("review_id", "in", self.ids)], ["review_id"], ["__count"])
        )
        for review in self:
            if review.edition_count != counts.get(review, 1):
                review.edition_count = counts.get(review, 1)


def edition_key(record):
    """What tells the versions of one review apart: the part of the record's key that is not about the answer."""
    return record.key.partition("+")[0].rpartition("@")[2]


def stars_as_text(stars):
    """Stars for places that show plain text."""
    return "★" * stars + "☆" * (len(STARS) - stars)
