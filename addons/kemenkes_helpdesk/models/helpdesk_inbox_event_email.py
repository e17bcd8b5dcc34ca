import re
from dataclasses import dataclass, field
from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.mail import append_content_to_html, email_normalize_all, formataddr, html_sanitize

from ..providers import email
from ..tools.arrival import Arrival
from ..tools.remote_content import block_remote

# More mails of one sender than this in an hour, and no machine answers them any more. They are taken in all the same:
# a hospital's relay sends many (Odoo bounces the twentieth in two hours).
SENDER_LIMIT = 60
SENDER_WINDOW = timedelta(hours=1)
CID = re.compile(r"""(src\s*=\s*["']?)cid:([^"'>\s]+)""", re.IGNORECASE)


@dataclass(eq=False, slots=True)
class Incoming(Arrival):
    """One mail on its way through a batch."""

    event: models.Model
    mail: email.Mail
    ticket: models.Model = None
    # the merged ticket that the mail answers, while its survivor is the ticket
    source: models.Model = None
    # the mail of the same batch whose ticket this one belongs to
    opener: "Incoming" = None
    parent_id: int = False
    quoted: models.Model = None
    partner: models.Model = None
    is_note: bool = False
    token_by_cid: dict = field(default_factory=dict)
    attachment_ids: list = field(default_factory=list)
    message: models.Model = None


class HelpdeskInboxEvent(models.Model):
    """E-mails: from raw bytes to tickets and messages, a batch at a time.

    What one mail becomes is the same as through Odoo's ``message_process``; queries are counted per batch.
    """

    _inherit = "helpdesk.inbox.event"

    # RECEIVING

    @api.model
    def _receive_email(self, raw, server=None, recipient=None, model=None):
        """Store a mail if it is the helpdesk's.

        :param bytes raw: RFC 5322 message as it came in
        :param server: ``fetchmail.server`` it was fetched from, if any
        :param str recipient: the envelope's recipient, where the mail server said it
        :param str model: the model that the entrance is set up for, if any
        :return: the event, that of the first time for a repeat; empty where the mail is for another application
        """
        head = email.read_headers(raw)
        if recipient:
            head.delivered_to.insert(0, recipient.strip().lower())
        channel = self._channel_of_mail(head, raw, server, model)
        if not channel:
            return self.browse()
        headers = {"recipient": recipient} if recipient else None
        return self._receive(channel, raw, headers=headers, external_id=email.fingerprint(raw))

    @api.model
    def _receive_pushed_email(self, channel, raw, recipient=None):
        """Store a mail that a mail server pushed to a channel's own entrance.

        :param channel: ``helpdesk.channel`` whose token the server knows
        :param bytes raw: RFC 5322 message as it came in
        :param str recipient: the envelope's recipient
        :return: the event
        """
        head = email.read_headers(raw)
        if recipient:
            head.delivered_to.insert(0, recipient.strip().lower())
        named = self.env["helpdesk.channel"]._of_addresses(head.recipients)
        headers = {"recipient": recipient} if recipient else None
        return self._receive(named or channel, raw, headers=headers, external_id=email.fingerprint(raw))

    @api.model
    def _channel_of_mail(self, head, raw, server, model):
        """The e-mail channel a mail came in by, empty where it is not for the helpdesk.

        In this order: the address it was sent to, the conversation it answers, the mailbox it lay in.
        """
        channels = self.env["helpdesk.channel"]
        channel = channels._of_addresses(head.recipients)
        if channel:
            return channel
        ticket = self._ticket_answered(head, raw)
        if ticket:
            return self._channel_of_ticket(ticket)
        if self._is_for_other_application(head, model):
            return channels
        return (
            server.helpdesk_channel_id if server and server.helpdesk_channel_id else channels._default_email_channel()
        )

    @api.model
    def _ticket_answered(self, head, raw):
        """The ticket whose conversation a mail belongs to, also that of a report about an undelivered answer."""
        tickets = self.env["helpdesk.ticket"].sudo()
        text = " ".join([*head.thread_ids, *head.recipients])
        found = self.env["helpdesk.channel"]._tickets_of_tokens(text + raw.decode("ascii", "ignore"))
        if not found:
            known = self._known_messages(head.thread_ids).values()
            found = [item.helpdesk_source_id.id or item.res_id for item in known]
        return tickets.browse(found[:1]).exists()

    @api.model
    def _channel_of_ticket(self, ticket):
        channel = ticket.channel_id
        return channel if channel.kind == "email" else self.env["helpdesk.channel"]._default_email_channel()

    @api.model
    def _is_for_other_application(self, head, model):
        """Whether a mail goes the way of Odoo's own gateway: another model's mailbox, address or conversation."""
        if model and model != "helpdesk.ticket":
            return True
        # sudo: the gateway's own look-ups
        aliases = self.env["mail.alias"].sudo()
        if aliases.search_count([("alias_full_name", "in", head.recipients)], limit=1):
            return True
        domains = self.env["mail.alias.domain"].sudo().search([])  # pylint: disable=no-search-all
        if set(head.recipients) & {*domains.mapped("bounce_email"), *domains.mapped("catchall_email")}:
            return True
        others = [("message_id", "in", head.thread_ids), ("model", "not in", (False, "helpdesk.ticket"))]
        return bool(head.thread_ids and self.env["mail.message"].sudo().search_count(others, limit=1))

    # WORKING OFF

    def _process(self, kind):
        if kind != "email":
            return super()._process(kind)
        batch = [Incoming(event, event._read_mail()) for event in self.with_context(bin_size=False).sorted("id")]
        batch = self._drop_known(batch)
        self._find_partners(batch)
        self._find_tickets(batch)
        batch = self._handle_reports(batch)
        self._redirect(batch)
        self._open_tickets([incoming for incoming in batch if incoming.opens])
        self._create_attachments(batch)
        self._create_messages(batch)
        self._follow_up(batch)
        self._finish(batch)
        return None

    def _read_mail(self):
        mail = email.parse(self._raw(), self.create_date)
        recipient = (self.headers or {}).get("recipient")
        if recipient:
            mail.delivered_to.insert(0, recipient.strip().lower())
        return mail

    def _drop_known(self, batch):
        """What nobody has to read: our own mails come back, and the same mail in a second mailbox."""
        channels = self.env["helpdesk.channel"]
        ours, loop_tag = channels._channel_by_address(), email.make_loop_tag(channels._token_secret())
        keys = [incoming.event.external_id for incoming in batch]
        first_by_key = {event.content_key: event for event in self.search([("content_key", "in", keys)])}
        kept = []
        for incoming in batch:
            event, mail = incoming.event, incoming.mail
            first = first_by_key.setdefault(event.external_id, event)
            if first != event:
                event._set_aside("duplicate", mail, first.ticket_id)
                # the first one may be of this very batch: its ticket is not made yet
                event.content_key = False
                continue
            event.content_key = event.external_id
            if mail.loop_tag == loop_tag or (mail.sender.email in ours and mail.kind == email.NORMAL):
                event._set_aside("loop", mail)
                continue
            kept.append(incoming)
        return kept

    def _set_aside(self, outcome, mail, ticket=None):
        self.write(
            {
                "state": "ignored",
                "outcome": outcome,
                "sender": mail.sender.email or False,
                "summary": mail.subject or False,
                "ticket_id": ticket.id if ticket else False,
                "error": False,
            }
        )

    def _find_partners(self, batch):
        writers = [incoming for incoming in batch if incoming.mail.kind == email.NORMAL]
        partners = self.env["helpdesk.ticket"].sudo()._find_mail_writers([incoming.mail for incoming in writers])
        for incoming in writers:
            incoming.partner = partners.get(incoming.mail.sender.email)

    # THREADING

    def _find_tickets(self, batch):
        """Set each mail's ticket: Message-IDs first, then signed tokens, then references that the sender may use."""
        tickets = self.env["helpdesk.ticket"].sudo()
        known = self._known_messages([message_id for incoming in batch for message_id in self._ids_of(incoming.mail)])
        tokens = {incoming: self._tokens_of(incoming.mail) for incoming in batch}
        existing = set(tickets.browse({id_ for ids in tokens.values() for id_ in ids}).exists().ids)
        quoted = self._tickets_quoted(batch)
        opener_by_message_id = {}
        for incoming in batch:
            mail = incoming.mail
            parent = next((known[id_] for id_ in self._ids_of(mail) if id_ in known), None)
            opener = next((opener_by_message_id[id_] for id_ in mail.thread_ids if id_ in opener_by_message_id), None)
            token = next((id_ for id_ in tokens[incoming] if id_ in existing), None)
            if parent:
                incoming.ticket = tickets.browse(parent.helpdesk_source_id.id or parent.res_id)
                incoming.parent_id = parent.parent_id.id or parent.id
            elif token:
                incoming.ticket = tickets.browse(token)
            elif opener:
                incoming.opener = opener
            elif quoted.get(incoming):
                self._use_quoted(incoming, quoted[incoming])
            if mail.message_id and mail.kind == email.NORMAL:
                opener_by_message_id.setdefault(mail.message_id, incoming)

    def _ids_of(self, mail):
        """Message-IDs that tie a mail to a conversation, the nearest first."""
        return mail.bounce.original_message_ids if mail.bounce else mail.thread_ids

    def _tokens_of(self, mail):
        text = " ".join([*self._ids_of(mail), *mail.recipients])
        return self.env["helpdesk.channel"]._tickets_of_tokens(text)

    @api.model
    def _known_messages(self, message_ids):
        """Messages on tickets by their Message-ID: ``{message id: mail.message}``."""
        if not message_ids:
            return {}
        # sudo: threading looks at ids only
        messages = (
            self.env["mail.message"]
            .sudo()
            .search_fetch(
                [
                    ("message_id", "in", list(dict.fromkeys(message_ids))),
                    ("model", "=", "helpdesk.ticket"),
                    ("res_id", "!=", 0),
                ],
                ["message_id", "res_id", "parent_id", "helpdesk_source_id"],
                order="id",
            )
        )
        return {message.message_id: message for message in messages}

    def _tickets_quoted(self, batch):
        """Tickets named in the subjects: ``{incoming: helpdesk.ticket}`` in the order of the subject."""
        references = {
            incoming: found
            for incoming in batch
            if incoming.partner and (found := email.read_subject_references(incoming.mail.subject))
        }
        if not references:
            return {}
        wanted = list({reference for found in references.values() for reference in found})
        tickets = (
            self.env["helpdesk.ticket"].sudo().with_context(active_test=False).search([("ticket_ref", "in", wanted)])
        )
        by_reference = {ticket.ticket_ref: ticket for ticket in tickets}
        return {
            incoming: tickets.browse(by_reference[reference].id for reference in found if reference in by_reference)
            for incoming, found in references.items()
        }

    def _use_quoted(self, incoming, tickets):
        """A reference can be guessed: it counts only for who took part in the ticket's conversation."""
        for ticket in tickets:
            if self._took_part(incoming, ticket):
                incoming.ticket = ticket
                return
        incoming.quoted = tickets[:1]

    def _took_part(self, incoming, ticket):
        sender = incoming.mail.sender.email
        if sender == ticket.partner_email_normalized or incoming.partner == ticket.partner_id:
            return True
        if sender in email_normalize_all(ticket.email_cc or ""):
            return True
        # sudo: whether somebody wrote before is asked, not what
        return bool(
            self.env["mail.message"]
            .sudo()
            .search_count(
                ticket._own_messages_domain()
                & Domain("author_id", "=", incoming.partner.id)
                & Domain("message_type", "in", ("email", "comment")),
                limit=1,
            )
        )

    def _redirect(self, batch):
        """Merged tickets hand on to the survivor, tickets solved long ago to a new one that follows them."""
        tickets = self.env["helpdesk.ticket"].sudo()
        spoken = tickets.browse({item.ticket.id for item in batch if item.ticket and item.mail.kind == email.NORMAL})
        targets = spoken._reply_targets()
        for incoming in batch:
            ticket = incoming.ticket
            if not ticket:
                continue
            incoming.ticket = targets.get(ticket) if incoming.mail.kind == email.NORMAL else ticket._survivor()
            if incoming.ticket != ticket:
                incoming.parent_id = False
            if incoming.ticket == ticket.survivor_id:
                incoming.source = ticket
            incoming.is_note = self._is_colleague(incoming)

    def _is_colleague(self, incoming):
        """An agent's mail on somebody else's ticket is a note: the From of a mail proves nothing, so nothing that
        comes in by mail is sent on to the customer in an agent's name."""
        partner = incoming.partner
        if not partner or partner == incoming.number().partner_id:
            return False
        return any(not user.share for user in partner.user_ids)

    # REPORTS AND MACHINES

    def _handle_reports(self, batch):
        """Bounces tell of our own mails; other machines' words go to their ticket or are only kept."""
        kept, notes = [], {}
        for incoming in batch:
            mail = incoming.mail
            if mail.kind in (email.BOUNCE, email.FEEDBACK):
                ticket = incoming.ticket and incoming.ticket._survivor()
                incoming.event._set_aside("bounce", mail, ticket)
                if ticket:
                    incoming.event.state = "done"
                    notes.setdefault(ticket, []).append(self._note_bounce(incoming))
            elif mail.kind == email.AUTO_REPLY and not incoming.ticket:
                incoming.event._set_aside("auto_reply", mail)
            else:
                kept.append(incoming)
        for ticket, bodies in notes.items():
            ticket._message_log(body=Markup("<br/>").join(bodies))
        return kept

    def _note_bounce(self, incoming):
        bounce = incoming.mail.bounce
        reason = self._explain_bounce(bounce)
        if incoming.mail.kind == email.BOUNCE and bounce.failed:
            outbox = self.env["helpdesk.outbox.message"].sudo()
            outbox._fail_bounced(incoming.ticket, bounce.original_message_ids, bounce.recipient, reason)
        if incoming.mail.kind == email.FEEDBACK:
            return self.env._("%s marked our mail as spam.", bounce.recipient or self.env._("The recipient"))
        if not bounce.failed:
            return self.env._(
                "News of the delivery to %(recipient)s: %(reason)s", recipient=bounce.recipient, reason=reason
            )
        return self.env._("Our mail did not reach %(recipient)s: %(reason)s", recipient=bounce.recipient, reason=reason)

    def _explain_bounce(self, bounce):
        """Enhanced status codes (RFC 3463) in plain words, with what the other server said."""
        words = {
            "1": self.env._("the address does not exist"),
            "2": self.env._("the mailbox is full or closed"),
            "3": self.env._("the other mail system does not accept it"),
            "4": self.env._("the other mail system can't be reached"),
            "5": self.env._("the mail systems did not understand each other"),
            "6": self.env._("the content could not be converted"),
            "7": self.env._("the other mail system refused it"),
        }
        subject = bounce.status.split(".")[1] if bounce.status.count(".") == 2 else ""
        reason = words.get(subject) or self.env._("it was returned")
        return f"{reason} ({bounce.diagnostic or bounce.status})" if bounce.diagnostic or bounce.status else reason

    # TICKETS AND MESSAGES

    def _open_tickets(self, openers):
        tickets = self.env["helpdesk.ticket"].sudo().create([self._prepare_ticket(incoming) for incoming in openers])
        for incoming, ticket in zip(openers, tickets, strict=True):
            incoming.ticket = ticket
            incoming.event.outcome = "ticket" if incoming.mail.readable else "unparsable"
        for incoming in openers:
            if incoming.quoted:
                incoming.ticket._message_log(
                    body=self.env._(
                        "The subject names %s, but the sender did not take part in that ticket. Please check.",
                        incoming.quoted.ticket_ref,
                    )
                )

    def _prepare_ticket(self, incoming):
        mail = incoming.mail
        values = incoming.event.channel_id._prepare_ticket_values()
        values.update(self.env["helpdesk.ticket"]._prepare_mail_ticket(mail, incoming.partner))
        values["email_cc"] = ", ".join(self._others(mail, mail.cc)) or False
        values["thread_index"] = mail.thread_index or False
        if not mail.readable and not mail.subject:
            values["name"] = self.env._("Unreadable mail")
        return values

    def _others(self, mail, addresses):
        """``addresses`` as text, without ours and the sender's."""
        ours = self.env["helpdesk.channel"]._channel_by_address()
        return [
            formataddr((address.name, address.email))
            for address in addresses
            if address.email != mail.sender.email and address.email not in ours and "+hd-" not in address.email
        ]

    def _create_attachments(self, batch):
        attachments = self.env["ir.attachment"].sudo()
        values, owners = [], []
        for incoming in batch:
            for attachment in self._files_of(incoming):
                values.append(
                    {
                        "name": attachment.name,
                        "raw": attachment.content,
                        "res_model": "helpdesk.ticket",
                        "res_id": incoming.settle().id,
                        "access_token": attachments._generate_access_token() if attachment.cid else False,
                    }
                )
                owners.append((incoming, attachment.cid))
        for (incoming, cid), attachment in zip(owners, attachments.create(values), strict=True):
            incoming.attachment_ids.append(attachment.id)
            if cid:
                incoming.token_by_cid[cid] = f"/web/image/{attachment.id}?access_token={attachment.access_token}"

    def _files_of(self, incoming):
        """A mail's files; of a mail that could not be read, the raw mail itself."""
        if incoming.mail.readable:
            return incoming.mail.attachments
        return [email.Attachment("mail.eml", incoming.event._raw(), "message/rfc822")]

    def _create_messages(self, batch):
        # sudo: customers write these, they have no rights on them
        messages = self.env["mail.message"].sudo().create([self._prepare_message(incoming) for incoming in batch])
        for incoming, message in zip(batch, messages, strict=True):
            incoming.message = message

    def _prepare_message(self, incoming):
        mail, ticket = incoming.mail, incoming.settle()
        is_machine = mail.kind == email.AUTO_REPLY
        subtype = "mail.mt_note" if incoming.is_note else "mail.mt_comment"
        values = {
            "model": ticket._name,
            "res_id": ticket.id,
            "helpdesk_source_id": incoming.number().id if incoming.number() != ticket else False,
            "message_type": "out_of_office" if is_machine else "email",
            "subtype_id": self.env["ir.model.data"]._xmlid_to_res_id(subtype),
            "is_internal": incoming.is_note,
            "subject": mail.subject or False,
            "body": self._prepare_body(incoming),
            "date": mail.date or incoming.event.create_date.replace(microsecond=0),
            "author_id": incoming.partner.id if incoming.partner else False,
            "email_from": formataddr((mail.sender.name, mail.sender.email)) if mail.sender.email else False,
            "incoming_email_to": ", ".join(self._others(mail, mail.to)) or False,
            "incoming_email_cc": ", ".join(self._others(mail, mail.cc)) or False,
            "parent_id": incoming.parent_id,
            "reply_to": incoming.event.channel_id._sender_address(),
            "attachment_ids": [(4, attachment_id) for attachment_id in incoming.attachment_ids],
            "helpdesk_direction": False if is_machine or incoming.is_note else "in",
            "helpdesk_channel_id": incoming.event.channel_id.id,
        }
        if mail.message_id:
            values["message_id"] = mail.message_id
        return values

    def _prepare_body(self, incoming):
        """A mail's body as Odoo stores it: plain text in ``<pre>``, HTML sanitised, inline pictures from the files."""
        if not incoming.mail.readable and not incoming.mail.body:
            return Markup("<p>%s</p>") % self.env._("This mail could not be read. It is attached as it came in.")
        body = ""
        for subtype, text in incoming.mail.body:
            if subtype == "plain":
                body += f"\n{email.fold_text(text)}\n"
            elif body:
                body = append_content_to_html(body, email.fold_html(text), plaintext=False)
            else:
                body = email.fold_html(text)
        if incoming.token_by_cid:
            urls = incoming.token_by_cid
            body = CID.sub(lambda match: match[1] + urls.get(match[2], f"cid:{match[2]}"), body)
        if any(subtype == "html" for subtype, _text in incoming.mail.body):
            # classes go, as in Odoo's gateway; tags and styles are cleaned when the message is stored
            body = html_sanitize(body, sanitize_tags=False, strip_classes=True)
            # the reader's browser shall call nobody by itself
            body = block_remote(body, lambda host: self.env._("[Picture at %s]", host))
        return Markup(body)  # noqa: S704 - the field cleans it when the message is stored

    # WHAT FOLLOWS

    def _follow_up(self, batch):
        """Ledger, dates, copies, colleagues' notifications: what a posted message brings with it."""
        said = [incoming for incoming in batch if incoming.message.helpdesk_direction == "in"]
        self._note_machines(said)
        self._keep_copies(said)
        for round_ in _rounds(said):
            tickets = self.env["helpdesk.ticket"].sudo()
            tickets._note_customer_messages({incoming.settle(): incoming.message for incoming in round_})
        notes = [incoming for incoming in batch if incoming.is_note]
        self.env["helpdesk.event"]._record([item.message._prepare_event("note") for item in notes])
        self._notify_colleagues(
            [incoming for incoming in batch if incoming.event.outcome not in ("ticket", "unparsable")]
        )

    def _note_machines(self, said):
        """Before anything is answered: which tickets no machine may answer."""
        crowds = self._busy_senders({incoming.mail.sender.email for incoming in said if incoming.mail.sender.email})
        quiet = {
            incoming.number().id: incoming.mail.no_auto_reply or incoming.mail.sender.email in crowds
            for incoming in said
        }
        tickets = self.env["helpdesk.ticket"].sudo().browse(quiet)
        for ticket in tickets:
            if ticket.no_auto_reply != quiet[ticket.id]:
                ticket.no_auto_reply = quiet[ticket.id]

    def _busy_senders(self, senders):
        """Addresses that sent more than SENDER_LIMIT mails within SENDER_WINDOW."""
        groups = self._read_group(
            [("sender", "in", list(senders)), ("create_date", ">=", fields.Datetime.now() - SENDER_WINDOW)],
            ["sender"],
            having=[("__count", ">", SENDER_LIMIT)],
        )
        return {sender for (sender,) in groups}

    def _keep_copies(self, said):
        """Whom a customer copies on a reply gets the answers too."""
        for incoming in said:
            ticket, mail = incoming.number(), incoming.mail
            if incoming.event.outcome == "ticket":
                continue
            known = {*email_normalize_all(ticket.email_cc or ""), ticket.partner_email_normalized}
            new = [address for address in mail.cc if address.email not in known]
            added = self._others(mail, new)
            if added:
                ticket.email_cc = ", ".join(filter(None, [ticket.email_cc, *added]))
            if mail.thread_index:
                ticket.thread_index = mail.thread_index

    def _notify_colleagues(self, replies):
        """Followers among the agents hear of it, as with any posted message."""
        tickets = self.env["helpdesk.ticket"].sudo().browse({incoming.settle().id for incoming in replies})
        followers = (
            self.env["mail.followers"]
            .sudo()
            ._read_group([("res_model", "=", tickets._name), ("res_id", "in", tickets.ids)], ["res_id"])
        )
        followed = {res_id for (res_id,) in followers}
        for incoming in replies:
            ticket = incoming.settle()
            if ticket.id in followed:
                ticket._notify_thread(incoming.message)

    def _finish(self, batch):
        for incoming in batch:
            event, mail = incoming.event, incoming.mail
            reply = "auto_reply" if mail.kind == email.AUTO_REPLY else "reply"
            event.write(
                {
                    "state": "done",
                    "outcome": event.outcome or reply,
                    "ticket_id": incoming.number().id,
                    "message_id": incoming.message.id,
                    "sender": mail.sender.email or False,
                    "summary": mail.subject or False,
                    "error": "\n".join(mail.defects) or False,
                    "next_attempt_date": False,
                }
            )
        self._point_duplicates_to_tickets(batch)

    def _point_duplicates_to_tickets(self, batch):
        ticket_by_key = {incoming.event.content_key: incoming.number() for incoming in batch}
        for event in self:
            if event.outcome == "duplicate" and not event.ticket_id and event.external_id in ticket_by_key:
                event.ticket_id = ticket_by_key[event.external_id]

    def _rescue(self, kind):
        """A mail that failed for good is a ticket all the same, with the raw mail attached."""
        if kind != "email":
            return super()._rescue(kind)
        ticket = (
            self.env["helpdesk.ticket"]
            .sudo()
            .create({**self.channel_id._prepare_ticket_values(), "name": self.env._("Unreadable mail")})
        )
        attachment = (
            self.env["ir.attachment"]
            .sudo()
            .create({"name": "mail.eml", "raw": self._raw(), "res_model": ticket._name, "res_id": ticket.id})
        )
        ticket._message_log(
            body=self.env._("This mail could not be read. It is attached as it came in."), attachment_ids=attachment.ids
        )
        self.write({"outcome": "unparsable", "ticket_id": ticket.id})
        return None


def _rounds(batch):
    """``batch`` in rounds that hold each ticket once, so that each message gets its own row in the ledger."""
    rounds = []
    for incoming in batch:
        ticket = incoming.settle()
        for round_ in rounds:
            if ticket not in round_:
                round_[ticket] = incoming
                break
        else:
            rounds.append({ticket: incoming})
    return [list(round_.values()) for round_ in rounds]
