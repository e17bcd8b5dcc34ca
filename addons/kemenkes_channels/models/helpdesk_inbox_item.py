from odoo import api, fields, models
from odoo.tools import SQL

# Services repeat what was not acknowledged for seven days at most; of messages the mark stays for ever.
KEEP_DAYS = 30


class HelpdeskInboxItem(models.Model):
    """The mark that one item of a batch has been worked on.

    A service may send the same items again in a batch of another composition; the unique index lets each through once.
    """

    _name = "helpdesk.inbox.item"
    _description = "Inbox Item"
    _log_access = False
    _order = "id desc"

    channel_id = fields.Many2one("helpdesk.channel", required=True, readonly=True, ondelete="cascade")
    record = fields.Char(required=True, readonly=True, help="Kind of item: message, reaction, status ...")
    key = fields.Char(required=True, readonly=True, help="What makes the item unique on its account.")
    event_id = fields.Many2one("helpdesk.inbox.event", readonly=True, index=True, ondelete="set null")
    claim_date = fields.Datetime(required=True, readonly=True)

    _item_unique = models.UniqueIndex("(channel_id, record, key)")
    _passing_idx = models.Index("(claim_date) WHERE record NOT IN ('message', 'review')")

    @api.model
    def _claim(self, items):
        """Mark items as worked on, in the transaction that works on them.

        :param list items: ``(channel id, kind of record, key, event id)``
        :return: set of ``(channel id, kind of record, key)`` that nobody had marked before
        """
        if not items:
            return set()
        now = fields.Datetime.now()
        # log_exceptions: two workers with the same item: the later one starts anew, that is no fault
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO helpdesk_inbox_item (channel_id, record, key, event_id, claim_date) VALUES %s
                ON CONFLICT (channel_id, record, key) DO NOTHING RETURNING channel_id, record, key
                """,
                SQL(", ").join(SQL("(%s, %s, %s, %s, %s)", *item, now) for item in items),
            ),
            log_exceptions=False,
        )
        return set(self.env.cr.fetchall())

    @api.model
    def _release(self, items):
        """Take marks back: the items are to be worked on later.

        :param list items: ``(channel id, kind of record, key)``
        """
        if items:
            self.env.cr.execute(
                SQL(
                    "DELETE FROM helpdesk_inbox_item WHERE (channel_id, record, key) IN (%s)",
                    SQL(", ").join(SQL("(%s, %s, %s)", *item) for item in items),
                )
            )

    @api.autovacuum
    def _gc_passing(self):
        """Marks of statuses and the like go when no service can repeat them any more."""
        self.env.cr.execute(
            SQL(
                """DELETE FROM helpdesk_inbox_item WHERE record NOT IN ('message', 'review') AND claim_date < %s""",
                fields.Datetime.subtract(fields.Datetime.now(), days=KEEP_DAYS),
            )
        )
