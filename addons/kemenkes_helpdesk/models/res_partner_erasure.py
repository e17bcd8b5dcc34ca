from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

# Why data must go: UU 27/2022, article 43.
ERASURE_REASONS = [
    ("requested", "The customer asks for it"),
    ("withdrawn", "The customer withdraws consent"),
    ("outdated", "No longer needed for its purpose"),
    ("unlawful", "Obtained or used unlawfully"),
]
PARTNER_FIELDS = (
    "email", "phone", "street", "street2", "city", "zip", "vat", "ref", "website", "function", "comment",
    "company_name", "barcode", "image_1920",
)  # fmt: skip


class ResPartner(models.Model):
    """The right to erasure: what is known of a customer goes, tickets, figures and the ledger stay (UU 27/2022)."""

    _inherit = "res.partner"

    def _erasure_scope(self):
        """All that tells of these customers, in sudo.

        Of a merged conversation it is what was said under the customer's own numbers, or by the customer.

        :return: dict of recordsets by what they are
        :raise UserError: one of them is a colleague or this organisation
        """
        # sudo: nobody has all rights on all of it; the wizard lets administrators only come here
        customers = self.sudo().with_context(active_test=False)
        if any(not customer.partner_share or customer.is_company for customer in customers):
            raise UserError(self.env._("Only customers can be erased, not colleagues or organisations."))
        env = customers.env
        addresses = customers._erasure_addresses()
        is_theirs = Domain("partner_id", "in", customers.ids)
        tickets = env["helpdesk.ticket"].search(
            is_theirs | Domain("partner_id", "=", False) & Domain("partner_email_normalized", "in", addresses)
        )
        leads = env["crm.lead"].search(is_theirs | Domain("id", "in", tickets.lead_id.ids))
        on_tickets = Domain("ticket_id", "in", tickets.ids)
        threads = {"helpdesk.ticket": tickets, "crm.lead": leads, "res.partner": customers}
        messages = env["mail.message"].search(self._erasure_messages_domain(customers, threads))
        events = env["helpdesk.inbox.event"].search(on_tickets | Domain("sender", "in", addresses))
        return {
            "tickets": tickets,
            "leads": leads,
            "messages": messages,
            "files": self._erasure_files(threads, messages, events),
            "events": events,
            "outbox": env["helpdesk.outbox.message"].search(on_tickets | Domain("recipient", "in", addresses)),
            "mails": env["mail.mail"].search(
                Domain("mail_message_id", "in", messages.ids)
                | Domain("recipient_ids", "in", customers.ids)
                | Domain.OR(
                    Domain(name, "ilike", address) for address in addresses for name in ("email_to", "body_html")
                )
            ),
            "escalations": env["helpdesk.escalation"].search(on_tickets),
            "activities": env["mail.activity"].search(self._erasure_threads_domain("res_model", threads)),
            "ratings": env["rating.rating"].search(self._erasure_threads_domain("res_model", threads) | is_theirs),
            "identities": env["helpdesk.identity"].search(is_theirs),
            "users": customers.user_ids,
        }

    def _erasure_addresses(self):
        handles = self.env["helpdesk.identity"].search([("partner_id", "in", self.ids), ("kind", "=", "email")])
        return [*{*filter(None, self.mapped("email_normalized")), *handles.mapped("handle")}]

    @api.model
    def _erasure_threads_domain(self, column, threads):
        return Domain.OR(
            Domain(column, "=", name) & Domain("res_id", "in", records.ids) for name, records in threads.items()
        )

    @api.model
    def _erasure_messages_domain(self, customers, threads):
        tickets = threads["helpdesk.ticket"]
        on_threads = self._erasure_threads_domain("model", threads) & Domain("helpdesk_source_id", "=", False)
        return on_threads | Domain("helpdesk_source_id", "in", tickets.ids) | Domain("author_id", "in", customers.ids)

    @api.model
    def _erasure_files(self, threads, messages, events):
        """Files of the threads, without those of other customers' messages that were merged into them."""
        files = messages.env["ir.attachment"].with_context(skip_res_field_check=True)
        found = files.search(
            self._erasure_threads_domain("res_model", {**threads, "helpdesk.inbox.event": events})
            & Domain("res_field", "=", False)
        )
        foreign = messages.env["mail.message"].search(
            [
                ("model", "=", "helpdesk.ticket"),
                ("res_id", "in", threads["helpdesk.ticket"].ids),
                ("id", "not in", messages.ids),
            ]
        )
        return messages.attachment_ids | (found - foreign.attachment_ids)

    def _erase_personal_data(self, reason):
        """Put marks where these customers' data was; there is no way back. One ledger row for each customer.

        :param str reason: a key of ERASURE_REASONS
        """
        scope = self._erasure_scope()
        figures = {name: len(scope[name]) for name in ("tickets", "messages", "files")}
        mark = self.env._("[erased]")
        self._erase_messages(scope, mark)
        self._erase_records(scope, mark)
        self._erase_traffic(scope, mark)
        self._erase_customers(scope, mark)
        self.env["helpdesk.event"]._record(
            [{"kind": "erased", "data": {"reason": reason, "customer": customer.id, **figures}} for customer in self]
        )

    def _erase_messages(self, scope, mark):
        messages = scope["messages"]
        env = messages.env
        in_messages = [("mail_message_id", "in", messages.ids)]
        env["mail.tracking.value"].search(in_messages).write(
            dict.fromkeys(("old_value_char", "old_value_text", "new_value_char", "new_value_text"), False)
        )
        env["mail.notification"].search(in_messages).write({"mail_email_address": False, "failure_reason": False})
        env["mail.message.translation"].search([("message_id", "in", messages.ids)]).unlink()
        scope["mails"].write({"body_html": mark, "email_to": False, "email_cc": False, "failure_reason": False})
        scope["mails"].filtered(lambda mail: mail.state == "outgoing").write({"state": "cancel"})
        messages.filtered(lambda message: message.author_id in self or not message.author_id).write(
            {"email_from": False, "reply_to": False}
        )
        messages.write(
            {
                "subject": False,
                "incoming_email_to": False,
                "incoming_email_cc": False,
                "outgoing_email_to": False,
            }
        )
        messages.filtered("body").write({"body": mark})
        scope["files"].unlink()
        # what agents have begun to write, or have had sent later
        env["helpdesk.draft"].search([("ticket_id", "in", scope["tickets"].ids)]).unlink()
        env["mail.scheduled.message"].search(
            [("model", "=", "helpdesk.ticket"), ("res_id", "in", scope["tickets"].ids)]
        ).unlink()

    def _erase_records(self, scope, mark):
        tickets = scope["tickets"]
        tickets._renew_link()
        tickets.write(
            {
                "name": mark,
                "description": False,
                "partner_name": mark,
                "partner_email": False,
                "partner_phone": False,
                "email_cc": False,
                "thread_index": False,
            }
        )
        tickets.flush_recordset()
        self.env.cr.execute("UPDATE helpdesk_ticket SET properties = NULL WHERE id = ANY(%s)", [tickets.ids])
        tickets.invalidate_recordset(["properties"])
        scope["leads"].write(
            {
                "name": mark,
                "contact_name": mark,
                "email_cc": False,
                **dict.fromkeys(("partner_name", "email_from", "phone", "description", "street", "street2"), False),
            }
        )
        scope["escalations"].write({"reason": mark})
        scope["escalations"].filtered("return_reason").write({"return_reason": mark})
        scope["activities"].write({"res_name": mark, "summary": mark, "note": False, "feedback": False})
        scope["ratings"].write({"feedback": False, "publisher_comment": False})

    def _erase_traffic(self, scope, mark):
        """What came in and goes out; ids of messages outside stay, so that a repeat is not taken in again."""
        events, outbox = scope["events"], scope["outbox"]
        events.filtered(lambda event: event.state != "done").write({"state": "ignored", "next_attempt_date": False})
        events._purge()
        events.write({"sender": False, "summary": mark, "error": False, "text_digest": False, "sender_digest": False})
        outbox.filtered(lambda row: row.state == "queued").write({"state": "failed", "next_attempt_date": False})
        outbox.write({"payload": False, "error": False})
        outbox.flush_recordset()
        # each its own: two copies of one message can't have the same recipient
        self.env.cr.execute(
            "UPDATE helpdesk_outbox_message SET recipient = 'erased-' || id WHERE id = ANY(%s)", [outbox.ids]
        )
        outbox.invalidate_recordset(["recipient"])

    def _erase_customers(self, scope, mark):
        # sudo: as in _erasure_scope
        customers = self.sudo()
        scope["identities"].unlink()
        customers.env["helpdesk.reveal"].search([("partner_id", "in", customers.ids)]).unlink()
        users = scope["users"]
        customers.env["res.device.log"].search([("user_id", "in", users.ids)]).unlink()
        customers.write(dict.fromkeys(PARTNER_FIELDS, False))
        users.write({"active": False, "signature": False})
        for user in users:
            user.login = f"erased-{user.id}"
        for customer in customers:
            customer.name = f"{mark} {customer.id}"
        customers.write({"active": False})
