from dataclasses import replace

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import SQL, plaintext2html

from ..providers import records

NAME_LENGTH = 80
DESCRIPTION_LENGTH = 20_000
# Longer than any service lets a message be; a payload of megabytes in one text is no message.
TEXT_LENGTH = 70_000


class HelpdeskInboxEvent(models.Model):
    """Messages of outside services become messages on tickets; queries are counted per batch, not per message."""

    _inherit = "helpdesk.inbox.event"

    @api.model
    def _take_messages(self, items):
        """Put messages on their tickets, in the order given.

        :param list items: :class:`Item` with a :class:`records.Message`
        """
        items = self._drop_own(items)
        self._find_people(items)
        self._find_conversations(items)
        items = self._drop_foreign(items)
        self._open_conversations([item for item in items if item.opens])
        self._create_outside_messages(items)
        self._follow_up_outside(items)

    @api.model
    def _take_unsupported(self, items):
        """What has no place: said on the ticket where its writer is known, else only kept."""
        shown = []
        for item in items:
            item.outcome = "unsupported"
            record = item.record
            if record.sender.handles:
                item.record = records.Message(
                    key=record.key,
                    external_id=record.external_id or record.item_key,
                    date=record.date,
                    sender=record.sender,
                    conversation=record.conversation,
                    kind="unsupported",
                    text=record.what,
                    is_public=record.is_public,
                )
                shown.append(item)
        if shown:
            self._take_messages(shown)

    # WHOSE AND WHERE

    @api.model
    def _drop_own(self, items):
        """Echoes of what the helpdesk itself has sent are known already."""
        known = self.env["helpdesk.channel.message"]._by_external_id(
            {item.channel.id for item in items}, [item.record.external_id for item in items]
        )
        outbox = self.env["helpdesk.outbox.message"].sudo()
        kept = []
        for item in items:
            record = item.record
            if (item.channel.id, record.external_id) in known or (
                record.is_echo and outbox._confirm_echo(item.channel, record)
            ):
                item.outcome = "duplicate"
            else:
                kept.append(item)
        return kept

    @api.model
    def _find_people(self, items):
        for item in items:
            if not self.env["helpdesk.identity"]._handles_of(item.record.sender):
                item.record = self._name_unknown(item)
        partners = self.env["helpdesk.identity"]._partners_of_people(
            list(dict.fromkeys(item.record.sender for item in items))
        )
        for item in items:
            item.partner = partners[item.record.sender]

    def _name_unknown(self, item):
        """A writer whom the service does not tell is a customer of one message."""
        handle = records.Handle(item.channel.kind, f"unknown:{item.record.external_id}")
        if item.channel.kind == "whatsapp":
            handle = records.Handle("livechat", f"unknown:{item.record.external_id}")
        kind = dict(item.channel._fields["kind"]._description_selection(self.env))[item.channel.kind]
        name = item.record.sender.name or self.env._("%s user", kind)
        return replace(item.record, sender=replace(item.record.sender, handles=(handle,), name=name))

    @api.model
    def _find_conversations(self, items):
        """Set each item's ticket: that of the message it quotes, else its customer's last one on this channel.

        A quoted message counts only for its own customer: below a public post anybody may answer anybody.
        """
        tickets = self.env["helpdesk.ticket"].sudo()
        quoted = self.env["helpdesk.channel.message"]._by_external_id(
            {item.channel.id for item in items}, [item.record.reply_to for item in items]
        )
        last = self._last_tickets(items)
        openers, quotable = {}, {}
        for item in items:
            row = quoted.get((item.channel.id, item.record.reply_to))
            if row:
                item.parent_id = row.message_id.parent_id.id or row.message_id.id
            key = item.channel.id, item.partner.id
            earlier = quotable.get((item.channel.id, item.record.reply_to))
            item.quoted = earlier
            if row and row.ticket_id.partner_id == item.partner:
                item.ticket = tickets.browse(row.ticket_id.id)
            elif earlier and earlier.partner == item.partner:
                item.opener = earlier
            elif key in openers:
                item.opener = openers[key]
            elif key in last:
                item.ticket = last[key]
            if item.opens and not item.record.is_echo:
                openers[key] = item
            quotable[item.channel.id, item.record.external_id] = item
        self._redirect_outside([item for item in items if item.ticket])

    @api.model
    def _last_tickets(self, items):
        """Customers' last tickets that still take in their words: ``{(channel id, partner id): ticket}``."""
        tickets = self.env["helpdesk.ticket"].sudo()
        tickets.flush_model(["channel_id", "partner_id"])
        found = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (channel_id, partner_id) channel_id, partner_id, id FROM helpdesk_ticket
                 WHERE partner_id = ANY(%s) AND channel_id = ANY(%s) AND active
                 ORDER BY channel_id, partner_id, id DESC
                """,
                list({item.partner.id for item in items}),
                list({item.channel.id for item in items}),
            )
        )
        last = {(channel_id, partner_id): tickets.browse(id_) for channel_id, partner_id, id_ in found}
        last |= self._answered_elsewhere(items, last)
        return {key: ticket for key, ticket in last.items() if not ticket._survivor()._is_too_late_to_reopen()}

    @api.model
    def _answered_elsewhere(self, items, last):
        """Customers to whom somebody wrote on a channel from a ticket of another one, after what is in ``last``.

        :param dict last: ``{(channel id, partner id): ticket}``
        :return: dict of the same form
        """
        tickets = self.env["helpdesk.ticket"].sudo()
        found = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (said.channel_id, ticket.partner_id)
                       said.channel_id, ticket.partner_id, ticket.id, said.date
                  FROM helpdesk_ticket AS ticket JOIN helpdesk_channel_message AS said ON said.ticket_id = ticket.id
                 WHERE ticket.partner_id = ANY(%s) AND ticket.active AND said.channel_id = ANY(%s)
                   AND said.channel_id != ticket.channel_id AND said.direction = 'out'
                 ORDER BY said.channel_id, ticket.partner_id, said.id DESC
                """,
                list({item.partner.id for item in items}),
                list({item.channel.id for item in items}),
            )
        )
        elsewhere = {}
        for channel_id, partner_id, ticket_id, date in found:
            own = last.get((channel_id, partner_id))
            if not own or date > (own.last_agent_message_date or own.create_date):
                elsewhere[channel_id, partner_id] = tickets.browse(ticket_id)
        return elsewhere

    @api.model
    def _redirect_outside(self, items):
        """Merged tickets hand on to the survivor, quoted ones that were solved long ago to a new one."""
        tickets = self.env["helpdesk.ticket"].sudo().browse(dict.fromkeys(item.ticket.id for item in items))
        targets = tickets._reply_targets()
        for item in items:
            ticket, item.ticket = item.ticket, targets[item.ticket]
            if item.ticket == ticket.survivor_id:
                item.source = ticket

    @api.model
    def _drop_foreign(self, items):
        """What we wrote in another tool to somebody who has no ticket is no case of the helpdesk."""
        for item in items:
            if item.record.is_echo and item.opens:
                item.outcome = "news"
        return [item for item in items if not (item.record.is_echo and item.opens)]

    # TICKETS AND MESSAGES

    @api.model
    def _open_conversations(self, items):
        tickets = self.env["helpdesk.ticket"].sudo().create([self._prepare_conversation(item) for item in items])
        for item, ticket in zip(items, tickets, strict=True):
            item.ticket = ticket
            item.outcome = "ticket"

    @api.model
    def _prepare_conversation(self, item):
        record = item.record
        text = record.text.strip()
        first_line = text.partition("\n")[0].strip()
        name = first_line if len(first_line) <= NAME_LENGTH else f"{first_line[: NAME_LENGTH - 1].rstrip()}…"
        if record.kind == "unsupported" or not name:
            name = self._kind_label(record)
        return {
            **item.channel._prepare_ticket_values(),
            "name": name,
            "description": text[:DESCRIPTION_LENGTH],
            "partner_id": item.partner.id,
            "partner_name": record.sender.name or item.partner.name,
            "partner_phone": record.sender.phone or item.partner.phone,
            "no_auto_reply": record.is_standby,
        }

    def _kind_label(self, record):
        """What a message without words is called."""
        labels = {
            "image": self.env._("Picture"),
            "video": self.env._("Video"),
            "audio": self.env._("Recording"),
            "voice": self.env._("Voice note"),
            "sticker": self.env._("Sticker"),
            "document": self.env._("Document"),
            "location": self.env._("Location"),
            "contact": self.env._("Contact"),
            "unsupported": self.env._("Message that can't be shown here"),
        }
        kind = record.media[0].kind if record.media else record.kind
        return labels.get(kind) or self.env._("Message without text")

    @api.model
    def _create_outside_messages(self, items):
        # sudo: customers write these, they have no rights on them
        messages = self.env["mail.message"].sudo().create([self._prepare_outside_message(item) for item in items])
        rows = []
        for item, message in zip(items, messages, strict=True):
            item.message = message
            if item.quoted and item.quoted.message:
                message.parent_id = item.quoted.message
            if item.outcome == "news":
                item.outcome = "reply"
            rows.append(self._prepare_outside(item))
        outside = self.env["helpdesk.channel.message"].sudo().create(rows)
        media = self.env["helpdesk.media"].sudo()
        waiting = media.create(
            [
                media._prepare_media(row.id, file)
                for item, row in zip(items, outside, strict=True)
                for file in item.record.media
            ]
        )
        if waiting:
            self.env.ref("kemenkes_channels.ir_cron_media").sudo()._trigger()

    @api.model
    def _prepare_outside_message(self, item):
        record, ticket = item.record, item.settle()
        robot = self.env.ref("base.partner_root")
        author = robot if record.is_echo else item.partner
        address = author.email_formatted or author.name
        return {
            "model": ticket._name,
            "res_id": ticket.id,
            "helpdesk_source_id": item.number().id if item.number() != ticket else False,
            "message_type": "comment",
            "subtype_id": self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_comment"),
            "body": self._render_message(record),
            "date": self._date_of(item),
            "author_id": author.id,
            "email_from": address,
            "reply_to": address,  # else Odoo looks it up, one by one
            "parent_id": item.parent_id,
            "helpdesk_direction": "out" if record.is_echo else "in",
            "helpdesk_channel_id": item.channel.id,
        }

    def _date_of(self, item):
        """By the service's clock, unless that is ahead of ours."""
        date = (item.record.date or item.event.create_date).replace(microsecond=0)
        return min(date, fields.Datetime.now())

    @api.model
    def _prepare_outside(self, item):
        record = item.record
        return {
            "channel_id": item.channel.id,
            "external_id": record.external_id,
            "message_id": item.message.id,
            "ticket_id": item.number().id,
            "direction": "out" if record.is_echo else "in",
            "kind": record.kind,
            "date": self._date_of(item),
            "recipient": self._recipient_of(item),
            "conversation": record.conversation or False,
            "is_public": record.is_public,
            "is_standby": record.is_standby,
            "url": record.url or False,
            "post": {"text": record.post.text[:2000], "url": record.post.url, "author": record.post.author}
            if record.post
            else False,
        }

    def _recipient_of(self, item):
        """Where an answer goes: on a service of numbers the number, else the person's id on this service."""
        handles = [handle for handle in item.record.sender.handles if handle.kind == item.channel.kind]
        number = next((handle.value for handle in handles if handle.value.startswith("+")), None)
        return number or (handles[0].value if handles else False)

    # HOW IT READS

    @api.model
    def _render_message(self, record):
        """A message's body: its words, and what is no words, as text that every reader can show."""
        if record.kind == "unsupported":
            return Markup("<p><i>%s</i> (%s)</p>") % (
                self.env._("The customer sent something that can't be shown here. Ask them to send it as text."),
                record.text,
            )
        parts = [plaintext2html(record.text[:TEXT_LENGTH])] if record.text.strip() else []
        if record.choice and record.choice.title not in record.text:
            parts.append(Markup('<p><span class="o_helpdesk_choice">%s</span></p>') % record.choice.title)
        if record.location:
            parts.append(self._render_location(record.location))
        parts += [self._render_contact(contact) for contact in record.contacts]
        if record.referral and (record.referral.title or record.referral.url):
            parts.append(Markup("<p>↪ %s</p>") % (record.referral.title or record.referral.url))
        return Markup("").join(parts)

    def _render_location(self, location):
        place = f"{location.latitude:.6f},{location.longitude:.6f}"
        address = "https://www.openstreetmap.org/?mlat={0}&mlon={1}#map=17/{0}/{1}".format(*place.split(","))
        return Markup(
            '<div class="o_helpdesk_location"><i class="fa fa-map-marker"></i><span>%s<small>%s</small>'
            '<a href="%s" target="_blank" rel="noreferrer noopener">%s</a></span></div>'
        ) % (location.name or self.env._("Location"), location.address, address, place)

    def _render_contact(self, contact):
        lines = [contact.organisation, *contact.phones, *contact.emails]
        rest = Markup("").join(Markup("<small>%s</small>") % line for line in lines if line)
        return Markup('<div class="o_helpdesk_contact"><i class="fa fa-address-card-o"></i><span>%s%s</span></div>') % (
            contact.name or self.env._("Contact"),
            rest,
        )

    # WHAT FOLLOWS

    @api.model
    def _follow_up_outside(self, items):
        """Ledger, dates, stages, and the browsers of those who look at the tickets."""
        tickets = self.env["helpdesk.ticket"].sudo()
        for round_ in _rounds([item for item in items if not item.record.is_echo]):
            tickets._note_customer_messages({item.settle(): item.message for item in round_})
        echoes = [item for item in items if item.record.is_echo]
        for item in echoes:
            item.settle().last_agent_message_date = item.message.date
        self.env["helpdesk.event"]._record([item.message._prepare_event("message_out") for item in echoes])
        self._notify_followers([item for item in items if item.outcome == "reply"])
        tickets.browse({item.settle().id for item in items})._tell_watchers()

    @api.model
    def _notify_followers(self, items):
        """Followers among the agents hear of it, as with any posted message."""
        tickets = self.env["helpdesk.ticket"].sudo().browse({item.settle().id for item in items})
        followers = self.env["mail.followers"].sudo()
        groups = followers._read_group([("res_model", "=", tickets._name), ("res_id", "in", tickets.ids)], ["res_id"])
        followed = {res_id for (res_id,) in groups}
        for item in items:
            if item.settle().id in followed:
                item.settle()._notify_thread(item.message)


def _rounds(items):
    """``items`` in rounds that hold each ticket once, so that each message gets its own row in the ledger."""
    rounds = []
    counts = {}
    for item in items:
        ticket = item.settle()
        count = counts[ticket] = counts.get(ticket, -1) + 1
        if count == len(rounds):
            rounds.append([])
        rounds[count].append(item)
    return rounds
