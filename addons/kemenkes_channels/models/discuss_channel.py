from odoo import fields, models
from odoo.tools import html2plaintext, plaintext2html

from .helpdesk_inbox_event_message import DESCRIPTION_LENGTH, NAME_LENGTH, TEXT_LENGTH

# In the context while something is said that stands in the other place already. Known to this process only, so nobody
# can speak to a visitor and keep it from the ticket.
MIRRORED = object()


class DiscussChannel(models.Model):
    """A live chat and its ticket: what is said in the one stands in the other, once, in the same transaction."""

    _inherit = "discuss.channel"

    helpdesk_channel_id = fields.Many2one(
        "helpdesk.channel", "Helpdesk channel", readonly=True, index="btree_not_null", ondelete="set null"
    )
    helpdesk_ticket_id = fields.Many2one(
        "helpdesk.ticket", "Ticket", readonly=True, index="btree_not_null", ondelete="set null"
    )

    # FROM THE CHAT TO THE TICKET

    def message_post(self, **kwargs):
        """What visitors write is plain text: nothing of it is shown as they marked it up."""
        is_visitor = self.env.user.share and not kwargs.get("author_id")
        if is_visitor and kwargs.get("body") and self.sudo().helpdesk_channel_id:
            text = html2plaintext(kwargs["body"], include_references=False).strip()
            kwargs["body"] = plaintext2html(text[:TEXT_LENGTH])
        return super().message_post(**kwargs)

    def _message_post_after_hook(self, message, msg_vals):
        result = super()._message_post_after_hook(message, msg_vals)
        # sudo: the visitor has no rights on tickets
        chat = self.sudo()
        is_said = message.message_type not in ("notification", "user_notification")
        if chat.helpdesk_channel_id and is_said and self.env.context.get("helpdesk_mirrored") is not MIRRORED:
            chat._take_to_ticket(message.sudo())
        return result

    def _take_to_ticket(self, message):
        speaker = self._speaker(message)
        if speaker == "visitor":
            self._hear_visitor(message)
        elif self.helpdesk_ticket_id:
            self._copy_to_ticket(message, speaker)

    def _speaker(self, message):
        """Who said it: "visitor", "agent" or "bot"."""
        author = message.author_id
        if not author or author in self.livechat_customer_partner_ids:
            return "visitor"
        is_person = author != self.env.ref("base.partner_root") and any(not user.share for user in author.user_ids)
        return "agent" if is_person else "bot"

    def _hear_visitor(self, message):
        """The visitor's first words open the ticket; a visitor who comes back goes on with theirs."""
        if self.helpdesk_ticket_id:
            self._copy_to_ticket(message, "visitor")
            self._note_contact(message)
            if (
                self.livechat_operator_id == self.helpdesk_channel_id.livechat_partner_id
                and not self.helpdesk_wait_date
            ):
                self._serve()
            return
        self.helpdesk_ticket_id = self._find_ticket() or self._create_ticket(message)
        for earlier in self.message_ids.filtered(lambda said: said.message_type == "comment" and said != message)[::-1]:
            self._copy_to_ticket(earlier, self._speaker(earlier))
        self._copy_to_ticket(message, "visitor")
        self._note_contact(message)
        ticket, script = self.helpdesk_ticket_id, self._running_script()
        if script and not ticket.user_id:
            ticket._give_to_bot("bot", script.title)
            return
        self._serve()

    def _running_script(self):
        """The chatbot script that answers in this chat, empty where none does."""
        script = self.chatbot_current_step_id.chatbot_script_id
        return script if script.operator_partner_id == self.livechat_operator_id else script.browse()

    def _visitor_partner(self):
        """The customer: the visitor's account, else whom the visitor's browser was before."""
        if self.livechat_customer_partner_ids:
            return self.livechat_customer_partner_ids[:1]
        guest = self.livechat_customer_guest_ids[:1]
        handle = f"guest:{guest.id}"
        name = self.env._("Visitor %s", guest.id)
        return self.env["helpdesk.identity"]._find_or_create_partners("livechat", {handle: name})[handle]

    def _find_ticket(self):
        """The customer's last ticket of this channel, while it still takes in their words."""
        domain = [("channel_id", "=", self.helpdesk_channel_id.id), ("partner_id", "=", self._visitor_partner().id)]
        ticket = self.env["helpdesk.ticket"].search(domain, order="id desc", limit=1)
        return ticket if ticket and not ticket._survivor()._is_too_late_to_reopen() else ticket.browse()

    def _create_ticket(self, message):
        text = html2plaintext(message.body or "", include_references=False).strip()
        first_line = text.partition("\n")[0].strip() or self.env._("Message without text")
        name = first_line if len(first_line) <= NAME_LENGTH else f"{first_line[: NAME_LENGTH - 1].rstrip()}…"
        return self.env["helpdesk.ticket"].create(
            {
                **self.helpdesk_channel_id._prepare_ticket_values(),
                "name": name,
                "description": text[:DESCRIPTION_LENGTH],
                "partner_id": self._visitor_partner().id,
                "no_auto_reply": True,  # the chat itself says what happens next
            }
        )

    def _copy_to_ticket(self, message, speaker):
        """The same words on the ticket, with what follows from them there.

        :param message: ``mail.message`` of the chat
        :param str speaker: "visitor", "agent" or "bot"
        """
        ticket = self.helpdesk_ticket_id
        partner = self._visitor_partner() if speaker == "visitor" else message.author_id
        address = partner.email_formatted or partner.name
        copy = self.env["mail.message"].create(
            {
                **ticket._prepare_place_of_message(),
                "body": message.body,
                "date": message.date,
                "message_type": "auto_comment" if speaker == "bot" else "comment",
                "subtype_id": self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_comment"),
                "author_id": partner.id,
                "email_from": address,
                "reply_to": address,
                "attachment_ids": [(6, 0, self._copy_files(message, ticket._survivor()).ids)],
                "helpdesk_direction": {"visitor": "in", "agent": "out", "bot": "auto"}[speaker],
                "helpdesk_channel_id": self.helpdesk_channel_id.id,
            }
        )
        self._join_messages(message, copy, "in" if speaker == "visitor" else "out")
        survivor = ticket._survivor()
        if speaker == "visitor":
            survivor._note_customer_messages({survivor: copy})
        elif speaker == "agent":
            survivor._note_agent_message(copy)
        else:
            self.env["helpdesk.event"]._record([copy._prepare_event("message_auto")])
        survivor._tell_watchers()

    def _copy_files(self, message, record):
        """The files of a message, once more for ``record``; the bytes are stored once."""
        files = self.env["ir.attachment"]
        for attachment in message.attachment_ids:
            files |= attachment.copy({"res_model": record._name, "res_id": record.id, "access_token": False})
        return files

    def _join_messages(self, in_chat, on_ticket, direction):
        """Note which message is which; the index refuses to take one over twice."""
        self.env["helpdesk.channel.message"].create(
            {
                "channel_id": self.helpdesk_channel_id.id,
                "external_id": f"chat:{in_chat.id}",
                "message_id": on_ticket.id,
                "ticket_id": self.helpdesk_ticket_id.id,
                "direction": direction,
                "kind": "text",
                "date": in_chat.date,
                "conversation": str(self.id),
            }
        )

    # FROM THE TICKET TO THE CHAT

    def _say_in_chat(self, message):
        """Say in the chat what was said on its ticket.

        :param message: ``mail.message`` of the ticket
        """
        self.ensure_one()
        chat = self.sudo().with_context(helpdesk_mirrored=MIRRORED)
        is_machine = message.helpdesk_direction == "auto"
        author = chat.helpdesk_channel_id.livechat_partner_id if is_machine else message.author_id
        said = chat.message_post(
            author_id=author.id,
            body=message.body,
            attachment_ids=self.sudo()._copy_files(message.sudo(), chat).ids,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        chat._join_messages(said, message, "out")

    # WHAT IS CHANGED

    def _message_update_content(self, message, /, **kwargs):
        """A message that its author mends or takes back changes on the ticket too; the versions before are kept."""
        super()._message_update_content(message, **kwargs)
        if not self.sudo().helpdesk_channel_id or kwargs.get("body") is None:
            return
        # sudo: the visitor has no rights on tickets
        rows = self.env["helpdesk.channel.message"].sudo()
        row = rows.search(
            [("channel_id", "=", self.sudo().helpdesk_channel_id.id), ("external_id", "=", f"chat:{message.id}")]
        )
        if not row:
            return
        row._keep_version()
        is_gone = message._filter_empty()
        row.message_id.body = False if is_gone else message.sudo().body
        row[("deleted_date" if is_gone else "edited_date")] = fields.Datetime.now()
        row._tell_readers()
