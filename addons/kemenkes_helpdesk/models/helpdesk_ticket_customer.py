from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, html2plaintext
from odoo.tools.mail import html_to_inner_content

HISTORY_PAGE = 20
PREVIEW_LENGTH = 140


class HelpdeskTicket(models.Model):
    """Whose ticket it is, and everything that customer has come with before."""

    _inherit = "helpdesk.ticket"

    customer_ticket_count = fields.Integer("Tickets of the customer", compute="_compute_customer_ticket_count")
    last_message_preview = fields.Char(compute="_compute_last_message_preview", groups="kemenkes_helpdesk.group_user")

    _partner_idx = models.Index("(partner_id, id) WHERE partner_id IS NOT NULL")

    @api.depends("partner_id")
    def _compute_customer_ticket_count(self):
        counts = dict(self._read_group([("partner_id", "in", self.partner_id.ids)], ["partner_id"], ["__count"]))
        for ticket in self:
            ticket.customer_ticket_count = counts.get(ticket.partner_id, 0)

    @api.depends("message_ids")
    def _compute_last_message_preview(self):
        """The newest thing said on each ticket, in one query for a whole page of cards."""
        self.env["mail.message"].flush_model(["body", "model", "res_id", "message_type"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT ticket.id, message.body
                  FROM unnest(%s) AS ticket(id)
                  JOIN LATERAL (
                        SELECT left(body, 4000) AS body FROM mail_message
                         WHERE model = 'helpdesk.ticket' AND res_id = ticket.id
                           AND message_type NOT IN ('notification', 'user_notification')
                           AND body != ''
                         ORDER BY id DESC LIMIT 1
                       ) message ON true
                """,
                self.ids,
            )
        )
        bodies = dict(rows)
        for ticket in self:
            # words alone: bold or slanted ones get no marks; what is stored has been cleaned
            text = html_to_inner_content(Markup(bodies.get(ticket.id) or ""))  # noqa: S704
            ticket.last_message_preview = " ".join(text.split())[:PREVIEW_LENGTH]

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.user._is_internal():
            self._fill_customers(vals_list)
        return super().create(vals_list)

    @api.model
    def _fill_customers(self, vals_list):
        """A ticket that an agent writes down for a caller belongs to that caller's history.

        Only what the staff enters is believed: a stranger may type anybody's address into a public form.
        """
        for kind, field_name in (("email", "partner_email"), ("phone", "partner_phone")):
            handles = {}
            for vals in vals_list:
                handle = self._customer_handle(kind, vals, field_name)
                if handle:
                    handles[handle] = vals.get("partner_name")
            if not handles:
                continue
            partners = self.env["helpdesk.identity"]._find_or_create_partners(kind, handles)
            for vals in vals_list:
                partner = partners.get(self._customer_handle(kind, vals, field_name))
                if partner:
                    vals["partner_id"] = partner.id

    @api.model
    def _customer_handle(self, kind, vals, field_name):
        if vals.get("partner_id") or self.env.context.get("default_partner_id"):
            return False
        return self.env["helpdesk.identity"]._normalize_handle(kind, vals.get(field_name))

    @api.onchange("partner_email", "partner_phone")
    def _onchange_contact(self):
        """Show the customer at once when the address or number is known."""
        if self.partner_id:
            return
        identities = self.env["helpdesk.identity"]
        for kind, value in (("email", self.partner_email), ("phone", self.partner_phone)):
            handle = identities._normalize_handle(kind, value)
            partner = handle and identities._partners_of(kind, [handle]).get(handle)
            if partner:
                # sudo is left behind: the agent sees of the customer what the agent may see
                self.partner_id = partner.with_env(self.env)
                return

    def action_view_customer_tickets(self):
        """All tickets of this ticket's customer."""
        self.ensure_one()
        return self.partner_id.action_view_helpdesk_tickets()

    def get_customer_history(self, offset=0):
        """The first level of the customer's history: tickets over all channels, newest first.

        :param int offset: how many tickets to skip
        :return: as ``res.partner.get_helpdesk_history``
        """
        self.ensure_one()
        return self.partner_id.get_helpdesk_history(offset)

    def _prepare_brief(self):
        """The ticket in a line: what every list of a customer's tickets shows of it."""
        self.ensure_one()
        return {
            "id": self.id,
            "reference": self.ticket_ref,
            "subject": self._shown("name"),
            "stage": self.stage_id.name,
            "kind": self.stage_kind,
            "channel": self.channel_kind or "",
            "created": fields.Datetime.to_string(self.create_date),
        }

    def get_conversation(self):
        """The second level: what was said on this ticket, oldest first.

        :return: list of ``{"id", "author", "date", "direction", "channel", "text"}``; ``date`` in UTC as
            "YYYY-MM-DD HH:MM:SS", ``direction`` one of in, out, auto, note, ``text`` plain
        """
        self.ensure_one()
        self.check_access("read")
        messages = self.env["mail.message"].search(
            (Domain("res_id", "=", self.id) | self._own_messages_domain())
            & Domain("model", "=", self._name)
            & Domain("message_type", "not in", ("notification", "user_notification")),
            order="id desc",
            limit=100,
        )
        return [
            {
                "id": message.id,
                "author": message.author_id.sudo()._shown("name")
                if message.author_id
                else message._shown("email_from"),
                "date": fields.Datetime.to_string(message.date),
                "direction": message.helpdesk_direction or "note",
                "channel": message.helpdesk_channel_id.sudo().kind or "",
                "text": html2plaintext(message._shown("body") or "", include_references=False).strip(),
            }
            for message in reversed(messages)
        ]
