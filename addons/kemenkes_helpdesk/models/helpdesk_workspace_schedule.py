import json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext

from odoo.addons.mail.tools.discuss import Store


class HelpdeskWorkspace(models.AbstractModel):
    """Answers that go out later: Odoo's scheduled messages, seen and taken back in the conversation."""

    _inherit = "helpdesk.workspace"

    @api.model
    def schedule(self, ticket_id, message, date):
        """Have an answer or a note posted later, in the account's name.

        :param dict message: ``{"body": html, "attachment_ids": [int], "is_note": bool, "answer": how the channel sends
            it, see the composer}``
        :param str date: "YYYY-MM-DD HH:MM:SS", UTC
        :return: see ``_prepare_scheduled``
        :raise UserError: the date is over
        """
        ticket = self._ticket(ticket_id)
        is_note = bool(message.get("is_note"))
        ticket._check_may_post(subtype_xmlid="mail.mt_note" if is_note else "mail.mt_comment")
        when = fields.Datetime.to_datetime(date)
        if not when or when <= fields.Datetime.now():
            raise UserError(self.env._("Choose a time that is still to come."))
        self.env["mail.scheduled.message"].create(
            {
                "model": ticket._name,
                "res_id": ticket.id,
                "body": message.get("body") or "",
                "attachment_ids": message.get("attachment_ids") or [],
                "author_id": self.env.user.partner_id.id,
                "is_note": is_note,
                "scheduled_date": when,
                # without it Odoo posts a notification, which no customer gets
                "notification_parameters": json.dumps({"message_type": "comment"}),
                "send_context": {"helpdesk_answer": message.get("answer")} if message.get("answer") else False,
            }
        )
        return self._prepare_scheduled(ticket)[ticket.id]

    @api.model
    def take_scheduled_back(self, scheduled_id):
        """Take back a message of one's own that has not gone out yet.

        :return: ``{"text": its words, plain, "attachment_ids": its files, again those of a composer, "store": data of
            these for the mail store}``
        :raise UserError: it is a colleague's, or has gone out
        """
        message = self.env["mail.scheduled.message"].browse(int(scheduled_id)).exists()
        if not message or message.create_uid != self.env.user:
            raise UserError(self.env._("This message has gone out, or is a colleague's."))
        text = html2plaintext(message.body or "").strip()
        files = message.attachment_ids
        # files that belong to the message go with it
        files.write({"res_model": "mail.compose.message", "res_id": 0})
        message.unlink()
        return {"text": text, "attachment_ids": files.ids, "store": Store().add(files).get_result()}

    @api.model
    def _prepare_scheduled(self, tickets):
        """What is to go out later, as ``{ticket id: [{"id", "text", "files": names, "date", "author", "is_own",
        "is_note"}]}``.
        """
        found = self.env["mail.scheduled.message"].search(
            [("model", "=", tickets._name), ("res_id", "in", tickets.ids)], order="scheduled_date"
        )
        prepared = {ticket.id: [] for ticket in tickets}
        for message in found:
            prepared[message.res_id].append(
                {
                    "id": message.id,
                    "text": html2plaintext(message.body or "").strip(),
                    # sudo: the names only, of a message that the account may read
                    "files": message.sudo().attachment_ids.mapped("name"),
                    "date": fields.Datetime.to_string(message.scheduled_date),
                    "author": message.author_id.name,
                    "is_own": message.create_uid == self.env.user,
                    "is_note": message.is_note,
                }
            )
        return prepared

    @api.model
    def _prepare_workspace_ticket(self, tickets):
        prepared = super()._prepare_workspace_ticket(tickets)
        for ticket_id, scheduled in self._prepare_scheduled(tickets).items():
            prepared[ticket_id]["scheduled"] = scheduled
        return prepared
