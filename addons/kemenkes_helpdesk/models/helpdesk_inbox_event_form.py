import hashlib
import json
import logging
from datetime import timedelta

from psycopg2.extensions import TransactionRollbackError

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, plaintext2html

from ..tools import form_submission
from ..tools.personal_data import mask_handle
from .helpdesk_inbox_event import CONFLICT_TRIES

_logger = logging.getLogger(__name__)

# A person who sends the same words again within this time means the same matter.
DUPLICATE_HOURS = 1
REPEAT_HOURS = 24


class HelpdeskInboxEvent(models.Model):
    """Web forms and what customers write on their ticket's page.

    The payload is JSON in UTF-8. A new ticket: ``{"type": "ticket", "name", "email", "phone" (E.164), "subject",
    "message", "site_id", "product_id", "category_id", "consent_id", "lang", "files": [{"name", "sha256", "size"}]}``.
    A reply: ``{"type": "reply", "ticket_id", "message", "files"}``. The files themselves are attachments of the event
    until the ticket is made, then they are the ticket's.
    """

    _inherit = "helpdesk.inbox.event"

    state = fields.Selection(selection_add=[("held", "Held back, looks like spam")], ondelete={"held": "set default"})
    outcome = fields.Selection(selection_add=[("spam", "Spam")], ondelete={"spam": "set null"})
    hold_reason = fields.Selection(
        [
            ("honeypot", "Filled in a field that people don't see"),
            ("links", "Too many links"),
            ("repeated", "Same text with a link from several senders"),
        ],
        readonly=True,
    )
    text_digest = fields.Char(readonly=True, help="The same for texts of the same words.")
    sender_digest = fields.Char(readonly=True, help="The same for messages of the same sender.")
    file_ids = fields.One2many(
        "ir.attachment", "res_id", "Files", domain=[("res_model", "=", "helpdesk.inbox.event")], readonly=True
    )

    form_text = fields.Text("What was written", compute="_compute_form_text")

    _text_digest_idx = models.Index("(text_digest, id) WHERE text_digest IS NOT NULL")

    @api.depends("payload")
    @api.depends_context("uid")
    def _compute_form_text(self):
        sees_all = self.env.user._personal_data_clearance() == "all"
        for event in self:
            payload = event._read_payload() if event.kind == "form" and not event.purge_date else {}
            handles = [payload.get(name) for name in ("email", "phone")]
            handles = handles if sees_all else map(mask_handle, handles)
            parts = [payload.get("name"), *handles, payload.get("subject"), payload.get("message")]
            event.form_text = "\n".join(part for part in parts if part)

    def _read_payload(self):
        return json.loads(self._raw())

    # RECEIVING

    @api.model
    def _receive_form(self, channel, submission, files, key, hold_reason=None):
        """Take in what came from a web page, once.

        :param channel: ``helpdesk.channel`` of kind form
        :param dict submission: the payload as the class describes it, without ``files``
        :param list files: ``(name, bytes)`` pairs
        :param str key: what the page was given when it was made; the same page sent twice with the same content is
            the same event, with another content it is another one
        :param str hold_reason: a key of ``hold_reason`` when the page itself looked wrong
        :return: the event, that of the first time for a repeat
        """
        raw = _dump({**submission, "files": [_describe(name, content) for name, content in files]})
        external_id = f"{key}-{hashlib.sha256(raw).hexdigest()[:32]}"
        events = self.sudo()  # visitors have no rights on the inbox; they only ever add to it
        known = events.search([("channel_id", "=", channel.id), ("external_id", "=", external_id)], limit=1)
        if known:
            return known
        event = events._receive(channel, raw, external_id=external_id)
        event.write(event._prepare_suspicion(submission, hold_reason))
        event.env["ir.attachment"].create(
            [{"name": name, "raw": content, "res_model": self._name, "res_id": event.id} for name, content in files]
        )
        return event

    def _prepare_suspicion(self, submission, hold_reason):
        sender = submission.get("email") or submission.get("phone") or str(submission.get("ticket_id"))
        values = {
            "text_digest": form_submission.text_digest(submission["message"]),
            "sender_digest": hashlib.sha256(sender.encode()).hexdigest(),
        }
        hold_reason = hold_reason or self._find_hold_reason(submission, **values)
        if hold_reason:
            values.update(state="held", hold_reason=hold_reason)
        return values

    def _find_hold_reason(self, submission, text_digest, sender_digest):
        links = form_submission.count_links(submission["message"])
        if links > self.channel_id.form_link_limit:
            return "links"
        if not links:
            return None
        since = fields.Datetime.now() - timedelta(hours=REPEAT_HOURS)
        others = self._read_group(
            [
                ("text_digest", "=", text_digest),
                ("sender_digest", "!=", sender_digest),
                ("create_date", ">", since),
                ("id", "<", self.id),
            ],
            aggregates=["sender_digest:count_distinct"],
        )
        return "repeated" if others[0][0] >= self.channel_id.form_repeat_limit else None

    def _work_off_now(self):
        """Make the ticket in the request that brought the form, so that the visitor sees its number.

        The event is safe already: it has been committed. Whatever goes wrong here is undone, logged, and tried again
        by the inbox's own job.

        :return: True when the ticket is made
        """
        self.ensure_one()
        try:
            self._work_off_again_on_conflict()
        except Exception:
            _logger.exception("Web form %s could not be worked off at once, it waits in the inbox.", self.id)
            self.env.invalidate_all()
            return False
        return self.state == "done"

    def _work_off_again_on_conflict(self):
        for attempt in range(CONFLICT_TRIES):
            # A commit leaves the cache as it was; the same form sent twice may have been worked off in the meantime.
            self.env.invalidate_all()
            try:
                with self.env.cr.savepoint():
                    if self.try_lock_for_update() and self.state in ("new", "failed"):
                        self._process(self.kind)
                return
            except TransactionRollbackError:
                # since the commit nothing but this was done; the next transaction sees what the other one wrote
                self.env.cr.rollback()
                _logger.info("Web form %s met another transaction (%s).", self.id, attempt + 1)

    # WORKING OFF

    def _process(self, kind):
        if kind != "form":
            return super()._process(kind)
        payloads = {event: event._read_payload() for event in self}
        replies = {event: payload for event, payload in payloads.items() if payload["type"] == "reply"}
        fresh, repeats, said = {}, {}, set()
        for event, payload in payloads.items():
            if payload["type"] == "ticket":
                (repeats if event._said_key() in said else fresh)[event] = payload
                said.add(event._said_key())
        # a repeat finds the ticket of the first
        for some in (fresh, repeats):
            self.browse()._make_tickets(some)
        self.browse()._make_replies(replies)
        return None

    @api.model
    def _make_tickets(self, payloads):
        """New tickets with their first message, in batches.

        :param dict payloads: ``{event: payload}``
        """
        if not payloads:
            return
        events = self.browse(event.id for event in payloads)
        events -= events._close_duplicates()
        if not events:
            return
        payloads = {event: payloads[event] for event in events}
        partners = self._find_customers(payloads)
        chosen = self._existing_choices(payloads.values())
        # sudo: the customer makes the ticket, and has no rights on it
        tickets = (
            self.env["helpdesk.ticket"]
            .sudo()
            .create([event._prepare_form_ticket(payloads[event], partners[event], chosen) for event in events])
        )
        ticket_by_event = dict(zip(events, tickets, strict=True))
        messages = self._create_customer_messages(payloads, ticket_by_event)
        tickets._note_customer_messages({ticket_by_event[event]: messages[event] for event in events})
        self._close_events(ticket_by_event, messages, "ticket")

    @api.model
    def _make_replies(self, payloads):
        if not payloads:
            return
        # sudo: the page has checked that its reader is the customer of the ticket
        tickets = self.env["helpdesk.ticket"].sudo().browse(payload["ticket_id"] for payload in payloads.values())
        targets = tickets.exists()._reply_targets()
        ticket_by_event = {
            event: ticket if targets[ticket] == ticket.survivor_id else targets[ticket]
            for event, payload in payloads.items()
            if (ticket := tickets.browse(payload["ticket_id"])) in targets
        }
        messages = {}
        for event, ticket in ticket_by_event.items():
            place = ticket._prepare_place_of_message()
            survivor = tickets.browse(place["res_id"])
            messages[event] = survivor.message_post(
                body=plaintext2html(payloads[event]["message"]),
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                author_id=ticket.partner_id.id,
                email_from=ticket.partner_email or ticket.partner_id.email_formatted,
                helpdesk_direction="in",
                helpdesk_channel_id=event.channel_id.id,
                helpdesk_source_id=place["helpdesk_source_id"],
            )
            # afterwards: from users without a seat message_post takes only files of Odoo's own composer
            messages[event].attachment_ids = event._hand_over_files(survivor)
        self._close_events(ticket_by_event, messages, "reply")
        orphans = self.browse(event.id for event in payloads if event not in ticket_by_event)
        orphans.write({"state": "dead", "error": self.env._("The ticket does not exist any more.")})

    def _said_key(self):
        return self.channel_id.id, self.text_digest, self.sender_digest

    def _close_duplicates(self):
        """Point messages to the ticket that is there: the same words by the same sender, a moment ago.

        :return: the events that are duplicates
        :raise TransactionRollbackError: another transaction makes a ticket of the same words right now
        """
        alike = self.search(
            [
                ("text_digest", "in", self.mapped("text_digest")),
                ("sender_digest", "in", self.mapped("sender_digest")),
                ("create_date", ">", min(self.mapped("create_date")) - timedelta(hours=DUPLICATE_HOURS)),
            ],
            order="id",
        )
        # waits for whoever works on the same words; what they wrote meanwhile makes this transaction start anew
        self.env.execute_query(
            SQL("SELECT id FROM helpdesk_inbox_event WHERE id = ANY(%s) ORDER BY id FOR UPDATE", alike.ids)
        )
        said = alike.filtered(lambda event: event.outcome == "ticket" and event.ticket_id)
        said = said.grouped(lambda event: event._said_key())
        duplicates = self.browse()
        for event in self:
            earlier = said.get(event._said_key(), self.browse())
            since = event.create_date - timedelta(hours=DUPLICATE_HOURS)
            # whichever came first: what is made already counts
            first = earlier.filtered(lambda other: other != event and other.create_date > since)[:1]  # noqa: B023
            # a file may be what the sender forgot the first time
            if first and not event.file_ids:
                event.write({"state": "done", "outcome": "duplicate", "ticket_id": first.ticket_id.id})
                duplicates |= event
        return duplicates

    @api.model
    def _find_customers(self, payloads):
        """``{event: res.partner}``, by e-mail where one was given, else by phone."""
        identities = self.env["helpdesk.identity"]
        by_kind = {}
        for payload in payloads.values():
            kind = "email" if payload["email"] else "phone"
            by_kind.setdefault(kind, {})[payload[kind]] = payload["name"]
        partners = {kind: identities._find_or_create_partners(kind, names) for kind, names in by_kind.items()}
        return {
            event: partners["email" if payload["email"] else "phone"][payload["email"] or payload["phone"]]
            for event, payload in payloads.items()
        }

    @api.model
    def _existing_choices(self, payloads):
        """What visitors chose and what is still there: somebody may have deleted it in the meantime.

        :return: ``{field: {id: record}}`` for ``product_id``, ``category_id``, ``site_id``
        """
        models_by_field = {
            "product_id": "helpdesk.product",
            "category_id": "helpdesk.category",
            "site_id": "helpdesk.site",
        }
        chosen = {}
        for name, model in models_by_field.items():
            records = self.env[model].browse({payload[name] for payload in payloads if payload[name]}).exists()
            chosen[name] = {record.id: record for record in records}
        return chosen

    def _prepare_form_ticket(self, payload, partner, chosen):
        product = chosen["product_id"].get(payload["product_id"], self.env["helpdesk.product"])
        # merged while the form was open
        category = chosen["category_id"].get(payload["category_id"], self.env["helpdesk.category"])._current()
        site = chosen["site_id"].get(payload["site_id"])
        channel = self.channel_id
        values = channel._prepare_ticket_values()
        values.update(
            name=payload["subject"],
            description=payload["message"],
            partner_id=partner.id,
            # As typed, even where empty: whoever writes another's address into the form must not be shown what
            # the helpdesk knows of that person.
            partner_name=payload["name"],
            partner_email=payload["email"] or False,
            partner_phone=payload["phone"] or False,
            team_id=(category.team_id or product.team_id or channel.team_id).id,
            consent_id=payload.get("consent_id"),
        )
        if product:
            values["product_id"] = product.id
        if category:
            values["category_id"] = category.id
        if site:
            values["site_id"] = site.id
        return values

    @api.model
    def _create_customer_messages(self, payloads, ticket_by_event):
        """The first message of each ticket, in one batch: ``{event: mail.message}``."""
        subtype_id = self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_comment")
        values = []
        for event, ticket in ticket_by_event.items():
            payload = payloads[event]
            values.append(
                {
                    "model": ticket._name,
                    "res_id": ticket.id,
                    "subject": payload["subject"],
                    "body": plaintext2html(payload["message"]),
                    # whole seconds, as every other message has them: the order within a second is that of the ids
                    "date": event.create_date.replace(microsecond=0),
                    "message_type": "comment",
                    "subtype_id": subtype_id,
                    "author_id": ticket.partner_id.id,
                    "email_from": payload["email"] or False,
                    "attachment_ids": event._hand_over_files(ticket).ids,
                    "helpdesk_direction": "in",
                    "helpdesk_channel_id": event.channel_id.id,
                }
            )
        # sudo: a message of the customer, who has no rights on it
        messages = self.env["mail.message"].sudo().create(values)
        return dict(zip(ticket_by_event, messages, strict=True))

    def _hand_over_files(self, ticket):
        """The event's files become the ticket's."""
        # sudo: nobody has rights on an inbox event's files
        files = self.sudo().file_ids
        if files:
            files.write({"res_model": ticket._name, "res_id": ticket.id})
        return files

    @api.model
    def _close_events(self, ticket_by_event, messages, outcome):
        for event, ticket in ticket_by_event.items():
            event.write(
                {
                    "state": "done",
                    "outcome": outcome,
                    "ticket_id": ticket.id,
                    "message_id": messages[event].id,
                    "error": False,
                }
            )

    # WHAT IS HELD BACK

    def action_release(self):
        """Let messages that were held back become tickets.

        :raise UserError: one of them isn't held back
        """
        self._check_held()
        # sudo: supervisors only read the inbox, releasing is the one thing they may change
        self.sudo().write({"state": "new"})
        self.env.ref("kemenkes_helpdesk.ir_cron_inbox").sudo()._trigger()

    def action_reject(self):
        """Leave messages that were held back for what they are; they stay in the inbox, marked as spam.

        :raise UserError: one of them isn't held back
        """
        self._check_held()
        # sudo: as above
        self.sudo().write({"state": "ignored", "outcome": "spam"})

    def _check_held(self):
        self.check_access("read")
        if any(event.state != "held" for event in self):
            raise UserError(self.env._("Only messages that are held back can be released or rejected."))


def _dump(payload):
    return json.dumps(payload, ensure_ascii=False, sort_keys=True).encode()


def _describe(name, content):
    return {"name": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
