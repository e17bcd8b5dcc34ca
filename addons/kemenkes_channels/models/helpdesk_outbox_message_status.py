from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.kemenkes_helpdesk.models.helpdesk_outbox_message import STATE_RANK

# An older message is not marked read by what the customer reads today.
WATERMARK_DAYS = 8
DATE_FIELDS = {"sent": "sent_date", "delivered": "delivered_date", "read": "read_date"}


class HelpdeskOutboxMessage(models.Model):
    """How far messages got, by what the services say of them; a state never falls back."""

    _inherit = "helpdesk.outbox.message"

    outside_ids = fields.One2many("helpdesk.channel.message", "outbox_id", readonly=True)

    _reached_idx = models.Index("(channel_id, recipient, sent_date) WHERE state IN ('sent', 'delivered')")

    _channel_sent_idx = models.Index("(channel_id, sent_date)")

    def _reference(self):
        """What a message carries so that it is known again by what comes back."""
        return f"helpdesk:{self.id}"

    @api.model
    def _of_reference(self, channel, reference):
        """The row of a reference of ours, empty for a foreign or forged one."""
        _prefix, _colon, number = reference.partition("helpdesk:")
        if not number.isdecimal() or len(number) > 18:
            return self.browse()
        row = self.browse(int(number)).exists()
        return row if row.channel_id == channel else self.browse()

    @api.model
    def _of_statuses(self, statuses):
        """Rows by the service's id or by our reference.

        :param list statuses: ``(helpdesk.channel, message id, reference)``
        :return: ``{(helpdesk.channel, message id, reference): row}``
        """
        known = self.env["helpdesk.channel.message"]._by_external_id(
            {channel.id for channel, _id, _reference in statuses}, [id_ for _channel, id_, _reference in statuses]
        )
        found = {}
        for channel, external_id, reference in statuses:
            outside = known.get((channel.id, external_id))
            row = outside.outbox_id if outside else self._of_reference(channel, reference)
            if row:
                found[channel, external_id, reference] = row
        return found

    def _note_status(self, state, date, fault=None):
        """What a service says of a message; a lower state than the one known is old news.

        :param str state: sent, delivered, read, failed
        :param datetime date: UTC, by the service's clock
        :param fault: :class:`records.Fault` of a failed one
        """
        self.ensure_one()
        if state == "failed":
            if self.state in ("queued", "sent"):
                self._fail(fault)
            return
        if state not in STATE_RANK or self.state == "failed" or STATE_RANK[state] <= STATE_RANK[self.state]:
            return
        values = {"state": state, "error": False}
        for name, field_name in DATE_FIELDS.items():
            # a "read" says that it was delivered, too
            if STATE_RANK[name] <= STATE_RANK[state] and not self[field_name]:
                values[field_name] = date.replace(microsecond=0)
        self.write(values)
        self._record_delivery()

    @api.model
    def _note_watermark(self, channel, recipients, state, until, external_ids):
        """The customer got, or read, everything up to a time.

        :param channel: ``helpdesk.channel``
        :param list recipients: the customer's ids
        :param str state: delivered or read
        :param datetime until: UTC; None: only those of ``external_ids``
        :param external_ids: ids of messages, where the service names them
        """
        known = self.env["helpdesk.channel.message"]._by_external_id([channel.id], external_ids)
        rows = self.browse(outside.outbox_id.id for outside in known.values() if outside.outbox_id)
        if until and recipients:
            rows |= self.search(
                [
                    ("channel_id", "=", channel.id),
                    ("recipient", "in", recipients),
                    ("state", "in", ("sent", "delivered")),
                    # the service's clock and ours may differ by some seconds
                    ("sent_date", "<=", until + timedelta(seconds=5)),
                    ("sent_date", ">=", until - timedelta(days=WATERMARK_DAYS)),
                ]
            )
        for row in rows:
            row._note_status(state, until or fields.Datetime.now())

    @api.model
    def _confirm_echo(self, channel, record):
        """Whether an echo is a message of the helpdesk; then it is sent, also if we never heard so.

        :param record: :class:`records.Message` with ``is_echo``
        """
        row = self._of_reference(channel, record.own_reference) if record.own_reference else self.browse()
        row = row or self._of_words(channel, record)
        if not row:
            return False
        row._keep_outside([record.external_id])
        row._note_status("sent", fields.Datetime.now())
        return True

    @api.model
    def _of_words(self, channel, record):
        """A message whose request is under way, by its words: some echoes carry no reference and outrun the answer."""
        domain = [("channel_id", "=", channel.id), ("state", "=", "queued"), ("attempt_date", "!=", False)]
        recipients = [handle.value for handle in record.sender.handles]
        if recipients:
            domain.append(("recipient", "in", recipients))
        rows = self.search(domain, order="id")
        return rows.filtered(lambda row: row._text_of(row.message_id.body) == record.text.strip())[:1]

    def _keep_outside(self, external_ids):
        """Note under which ids the service knows a message of ours.

        Two answers may have the same id: Apple overwrites the first, and tells them apart by the second only.
        """
        outside = self.env["helpdesk.channel.message"].sudo()
        domain = [("channel_id", "=", self.channel_id.id), ("external_id", "in", list(filter(None, external_ids)))]
        known = set(outside.search(domain).mapped("external_id"))
        customer = self.ticket_id._last_words_on(self.channel_id)
        outside.create(
            [
                {
                    "channel_id": self.channel_id.id,
                    "external_id": external_id,
                    "message_id": self.message_id.id,
                    "ticket_id": self.ticket_id.id,
                    "outbox_id": self.id,
                    "direction": "out",
                    "kind": "text",
                    "date": fields.Datetime.now(),
                    "recipient": self.recipient,
                    "conversation": customer.conversation,
                    "is_public": bool((self.payload or {}).get("is_public")),
                }
                for external_id in external_ids
                if external_id and external_id not in known
            ]
        )
        if external_ids:
            self.external_id = external_ids[-1]

    def _to_browser(self):
        """What the thread shows of how far a message got: that of the customer, not of those who have a copy."""
        row = self.sorted("id")[:1]
        return {
            "id": row.id,
            "state": row.state,
            # what a service said may hold the customer's address or number
            "error": row._shown("error") if row._hides_personal(row._fields["error"]) else row._error_of_reader(),
            "reason": row.reason or "",
            "kind": row.kind,
            "buttons": row._button_titles(),
            "dates": {
                name: fields.Datetime.to_string(row[field_name])
                for name, field_name in DATE_FIELDS.items()
                if row[field_name]
            },
        }

    def _button_titles(self):
        """The words on the buttons below a message."""
        # sudo: whoever reads the message may read its buttons
        choices = (self.sudo().payload or {}).get("choices") or {}
        return [title for _code, title, _description in choices.get("answers", ())]

    def _record_delivery(self):
        self.env["helpdesk.event"]._record(self._prepare_delivery_events())
        self.ticket_id._tell_watchers(anew=True)

    def _fail(self, fault):
        """The service says that a message it had taken will not arrive.

        :param fault: :class:`records.Fault`, or None where it doesn't say why
        """
        self._give_up(self._explain(fault))
        self._record_delivery()
