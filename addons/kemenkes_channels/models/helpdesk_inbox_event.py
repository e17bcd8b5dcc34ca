import logging
from dataclasses import dataclass
from datetime import timedelta

from psycopg2.extensions import TransactionRollbackError

from odoo import api, fields, models

from odoo.addons.kemenkes_helpdesk.tools.arrival import Arrival

from .. import providers
from ..providers import records

_logger = logging.getLogger(__name__)

# The kinds of record in the order in which a batch works on them, and the method that does.
HANDLERS = {
    records.IdentityChange: "_take_identity_changes",
    records.Message: "_take_messages",
    records.Unsupported: "_take_unsupported",
    records.Edit: "_take_edits",
    records.Reaction: "_take_reactions",
    records.Deletion: "_take_deletions",
    records.Visibility: "_take_visibilities",
    records.Status: "_take_statuses",
    records.Watermark: "_take_watermarks",
    records.PersonEvent: "_take_person_events",
    records.Control: "_take_controls",
    records.Template: "_take_templates",
    records.AccountNotice: "_take_account_notices",
    records.Review: "_take_reviews",
    records.CallEvent: "_take_calls",
}
# Statuses and edits may overtake what they speak of; after so many rounds it never came, and they are left.
PATIENCE = 3
PATIENCE_MINUTES = 1


@dataclass(eq=False, slots=True)
class Item(Arrival):
    """One record on its way through a batch."""

    event: models.Model
    record: records.Incoming
    channel: models.Model
    # it speaks of a message that is not here yet
    waits: bool = False
    outcome: str = "news"
    partner: models.Model = None
    ticket: models.Model = None
    # the merged ticket under whose number it is said, while its survivor is the ticket
    source: models.Model = None
    # the item of the same batch whose ticket this one belongs to
    opener: "Item" = None
    # the item of the same batch that it quotes
    quoted: "Item" = None
    parent_id: int = False
    message: models.Model = None

    @property
    def mark(self):
        return self.channel.id, self.record.record, self.record.key[:500]


class HelpdeskInboxEvent(models.Model):
    """Batches of outside services: read into records, each record worked on once, whatever batch it comes in."""

    _inherit = "helpdesk.inbox.event"

    outcome = fields.Selection(
        selection_add=[("news", "Status, reaction or change"), ("unrouted", "For an account that is not configured")]
    )

    _channel_date_idx = models.Index("(channel_id, create_date)")

    @api.model
    def _ordered_kinds(self):
        return (*super()._ordered_kinds(), *providers.kinds())

    @api.model
    def _waiting_domain(self):
        return [("channel_id.is_paused", "=", False), *super()._waiting_domain()]

    @api.model
    def _receive_payload(self, channel, raw, headers=None):
        """Store a payload whose signature is good.

        :param channel: ``helpdesk.channel``
        :param bytes raw: the body
        :param dict headers: worth keeping, secrets left out
        :return: the event, that of the first time for a repeat
        """
        found = providers.parse(channel._account(), raw)
        return self._receive(channel, raw, headers=headers, external_id=providers.batch_key(found, raw))

    # WORKING OFF

    def _process(self, kind):
        if not providers.load(kind):
            return super()._process(kind)
        # no person works here: what is written down is in the language that customers and agents have in common
        events = self.with_context(lang=self.env["helpdesk.ticket"]._customer_language())
        items = events._read_items()
        if len(events) > 1:
            events._work(items)
            failures = []
        else:
            failures = events._work_apart(items)
        events._close(items, failures)
        return None

    def _read_items(self):
        items = []
        accounts = {channel: channel._account() for channel in self.channel_id}
        for event in self.with_context(bin_size=False).sorted("id"):
            found = providers.parse(accounts[event.channel_id], event._raw())
            items += [
                Item(event, record, event.channel_id._of_account(record.channel, record.account_ref))
                for record in found
            ]
        return items

    def _work_apart(self, items):
        """Work on the items of one batch so that a bad one harms no other.

        :return: the errors of those that failed
        """
        try:
            with self.env.cr.savepoint():
                self._work(items)
                self.env.flush_all()
        except TransactionRollbackError:
            raise
        except Exception as error:
            self.env.invalidate_all()
            if len(items) == 1:
                _logger.warning("An item of inbox event %s failed.", self.id, exc_info=True)
                return [error]
            half = len(items) // 2
            return [*self._work_apart(items[:half]), *self._work_apart(items[half:])]
        return []

    def _work(self, items):
        for item in items:
            if not item.channel:
                item.outcome = "unrouted"
        fresh = self._claim_items([item for item in items if item.channel])
        for record_class, method in HANDLERS.items():
            # by the service's clock: in a batch, and between batches, anything may come first
            of_class = sorted(
                (item for item in fresh if isinstance(item.record, record_class)),
                key=lambda item: item.record.date or item.event.create_date,
            )
            if of_class:
                getattr(self, method)(of_class)
        self.env["helpdesk.inbox.item"]._release([item.mark for item in fresh if item.waits])

    def _claim_items(self, items):
        """The items that nobody has worked on yet, each once."""
        first = {}
        for item in items:
            first.setdefault(item.mark, item)
        claimed = self.env["helpdesk.inbox.item"]._claim([(*mark, item.event.id) for mark, item in first.items()])
        for item in items:
            if item.mark not in claimed or first[item.mark] is not item:
                item.outcome = "duplicate"
        return [item for mark, item in first.items() if mark in claimed]

    def _close(self, items, failures):
        by_event = {event: [] for event in self}
        for item in items:
            by_event[item.event].append(item)
        for event, of_event in by_event.items():
            if failures:
                event._note_failure(event.kind, failures[0])
            elif any(item.outcome == "unrouted" for item in of_event):
                event._set_unrouted(of_event)
            elif any(item.waits for item in of_event) and event.attempts < PATIENCE:
                event._wait_for_message()
            else:
                event._set_done(of_event)

    def _set_done(self, items):
        outcomes = [item.outcome for item in items] or ["unsupported"]
        told = next((item for item in items if item.message), None)
        ranked = ("ticket", "reply", "unsupported", "news", "duplicate")
        self.write(
            {
                "state": "done" if set(outcomes) != {"duplicate"} else "ignored",
                "outcome": next((outcome for outcome in ranked if outcome in outcomes), "news"),
                "ticket_id": told.number().id if told else next((i.ticket.id for i in items if i.ticket), False),
                "message_id": told.message.id if told else False,
                "sender": self._sender_of(items),
                "summary": (told.record.text[:200] if told and isinstance(told.record, records.Message) else False),
                "error": False,
                "next_attempt_date": False,
            }
        )

    def _sender_of(self, items):
        person = next((person for item in items if (person := getattr(item.record, "sender", None))), None)
        handle = person.handles[0].value if person and person.handles else False
        return handle or False

    def _set_unrouted(self, items):
        refs = sorted({item.record.account_ref for item in items if item.outcome == "unrouted"})
        self.write(
            {
                "state": "dead",
                "outcome": "unrouted",
                "next_attempt_date": False,
                "error": self.env._(
                    "This is for an account that no channel is set up for: %s. Set it up with the same secret, then"
                    " work on this again.",
                    ", ".join(refs),
                ),
            }
        )

    def _wait_for_message(self):
        again = fields.Datetime.now() + timedelta(minutes=PATIENCE_MINUTES)
        self.write(
            {
                "state": "failed",
                "attempts": self.attempts + 1,
                "next_attempt_date": again,
                "error": self.env._("It speaks of a message that has not come in yet."),
            }
        )
        self.env.ref("kemenkes_helpdesk.ir_cron_inbox")._trigger(at=again)

    def _rescue(self, kind):
        """What failed for good is a ticket all the same, with what came in as a file."""
        if not providers.load(kind):
            return super()._rescue(kind)
        ticket = (
            self.env["helpdesk.ticket"]
            .sudo()
            .create({**self.channel_id._prepare_ticket_values(), "name": self.env._("Unreadable message")})
        )
        attachment = (
            self.env["ir.attachment"]
            .sudo()
            .create({"name": "payload.json", "raw": self._raw(), "res_model": ticket._name, "res_id": ticket.id})
        )
        ticket._message_log(
            body=self.env._("This message could not be read. It is attached as it came in."),
            attachment_ids=attachment.ids,
        )
        self.write({"outcome": "unparsable", "ticket_id": ticket.id})
        return None

    # HOOKS OF OTHER FILES AND ADDONS

    @api.model
    def _take_reviews(self, items):
        """Work on reviews of app stores."""
        for item in items:
            item.outcome = "unsupported"

    @api.model
    def _take_calls(self, items):
        """Work on steps of telephone calls."""
        for item in items:
            item.outcome = "unsupported"

    @api.model
    def _take_controls(self, items):
        """Note who answers a conversation from now on."""
