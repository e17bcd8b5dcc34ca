from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import plaintext2html


class HelpdeskInboxEvent(models.Model):
    """Reactions, edits, deletions: what happens to messages that are there already."""

    _inherit = "helpdesk.inbox.event"

    @api.model
    def _with_messages(self, items):
        """``(item, helpdesk.channel.message)`` of the items whose message is here; the others wait for it."""
        known = (
            self.env["helpdesk.channel.message"]
            .sudo()
            ._by_external_id({item.channel.id for item in items}, [item.record.message_id for item in items])
        )
        found = []
        for item in items:
            row = known.get((item.channel.id, item.record.message_id))
            if not row:
                item.waits = True
                continue
            item.ticket = row.ticket_id
            found.append((item, row))
        return found

    @api.model
    def _take_reactions(self, items):
        """One person has one reaction to a message: a new one takes the place of the last."""
        found = self._with_messages(items)
        people = self.env["helpdesk.identity"]._partners_of_people(
            list({item.record.sender for item, _row in found if item.record.sender.handles})
        )
        for item, row in found:
            partner = people.get(item.record.sender) or row.ticket_id.partner_id
            message = row.message_id
            guest = self.env["mail.guest"]
            for reaction in message.reaction_ids.filtered(lambda known: known.partner_id == partner):  # noqa: B023
                message._message_reaction(reaction.content, "remove", partner, guest)
            if item.record.emoji:
                message._message_reaction(item.record.emoji[:20], "add", partner, guest)

    @api.model
    def _take_edits(self, items):
        for item, row in self._with_messages(items):
            row._keep_version()
            body = plaintext2html(item.record.text) or Markup("")
            row.message_id.body = body + Markup('<span class="o-mail-Message-edited"></span>')
            row.edited_date = item.record.date or fields.Datetime.now()
            if item.record.media:
                media = self.env["helpdesk.media"].sudo()
                media.create([media._prepare_media(row.id, file) for file in item.record.media])
                self.env.ref("kemenkes_channels.ir_cron_media").sudo()._trigger()
            row._tell_readers()

    @api.model
    def _take_deletions(self, items):
        """The words leave the screen; they stay in the record's versions for as long as the ticket is kept."""
        for item, row in self._with_messages(items):
            row._keep_version()
            row.deleted_date = item.record.date or fields.Datetime.now()
            row.message_id.write({"body": False, "attachment_ids": [(5,)]})
            row._tell_readers()

    @api.model
    def _take_visibilities(self, items):
        for item, row in self._with_messages(items):
            row.is_hidden = item.record.is_hidden
            row._tell_readers()

    # PEOPLE

    @api.model
    def _take_identity_changes(self, items):
        """A person's new ids belong to the customer who had the old ones."""
        identities = self.env["helpdesk.identity"]
        for item in items:
            before = [
                (handle.kind, normalized)
                for handle in item.record.before
                if (normalized := identities._normalize_handle(handle.kind, handle.value))
            ]
            known = identities._known_partners(before)
            partner = next((known[handle] for handle in before if handle in known), None)
            if partner:
                for kind, handle in identities._handles_of(item.record.person):
                    identities._insert(kind, {handle: partner.id})

    @api.model
    def _take_person_events(self, items):
        """Blocked, opted out, came by an advertisement: a note on the customer's last ticket here."""
        texts = {
            "referral": self.env._("The customer came by a link or an advertisement."),
            "opt_in": self.env._("The customer agreed to get messages."),
            "opt_out": self.env._("The customer wants no more messages of this kind."),
            "blocked": self.env._("The customer blocked this account: answers will not arrive."),
            "unblocked": self.env._("The customer takes messages again."),
            "started": self.env._("The customer opened the conversation."),
        }
        items = [item for item in items if item.record.sender.handles]
        people = self.env["helpdesk.identity"]._partners_of_people(list({item.record.sender for item in items}))
        for item in items:
            item.partner = people[item.record.sender]
        last = self._last_tickets(items) if items else {}
        for item in items:
            ticket = last.get((item.channel.id, item.partner.id))
            words = texts.get(item.record.kind)
            if ticket and words:
                item.ticket = ticket
                detail = item.record.text or (item.record.referral and item.record.referral.title) or ""
                ticket._survivor()._message_log(body=f"{words} {detail}".strip())

    # WHAT THE ACCOUNT HEARS ABOUT ITSELF

    @api.model
    def _take_templates(self, items):
        for item in items:
            self.env["helpdesk.channel.template"].sudo()._keep(item.channel, [item.record])

    @api.model
    def _take_account_notices(self, items):
        """Bad news of an account are shown on its channel and told to its keepers."""
        for item in items:
            if item.record.level != "info":
                text = item.record.text or item.record.kind
                item.channel._tell_keepers(self.env._("%(channel)s: %(news)s", channel=item.channel.name, news=text))
