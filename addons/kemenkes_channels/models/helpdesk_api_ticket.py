from datetime import datetime

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, plaintext2html
from odoo.tools.translate import LazyTranslate

from odoo.addons.kemenkes_helpdesk.models.helpdesk_stage import STAGE_KINDS
from odoo.addons.kemenkes_helpdesk.models.helpdesk_team import TIERS
from odoo.addons.kemenkes_helpdesk.models.helpdesk_ticket import PRIORITIES

from ..tools import open_api
from ..tools.open_api import (
    Operation,
    moment,
    number,
    optional,
    optional_reference,
    page_of,
    record,
    reference,
    text,
)
from .helpdesk_api import PAGING, optional_text

_lt = LazyTranslate(__name__)

TAG = _lt("Tickets")
KIND_CODES = [kind for kind, _label in STAGE_KINDS]
PRIORITY_CODES = [priority for priority, _label in PRIORITIES]
TIER_CODES = [tier for tier, _label in TIERS]
# Parameter and property -> model; the property without "_id" is the field's name in the answer.
REFERENCES = {
    "product_id": "helpdesk.product",
    "site_id": "helpdesk.site",
    "team_id": "helpdesk.team",
    "category_id": "helpdesk.category",
    "channel_id": "helpdesk.channel",
    "agent_id": "res.users",
    "customer_id": "res.partner",
}
# Property -> field where they differ.
FIELD_NAMES = {"agent_id": "user_id", "customer_id": "partner_id", "subject": "name"}
MOMENTS = {
    "created_at": "create_date",
    "updated_at": "write_date",
    "assigned_at": "assign_date",
    "first_response_at": "first_response_date",
    "due_at": "next_due_date",
    "solved_at": "solved_date",
    "closed_at": "close_date",
}
PLAIN = {
    "reference": "ticket_ref",
    "subject": "name",
    "description": "description",
    "priority": "priority",
    "tier": "tier",
    "stage_kind": "stage_kind",
    "first_response_seconds": "first_response_seconds",
    "resolution_seconds": "resolution_seconds",
    "reply_count": "reply_count",
    "reopen_count": "reopen_count",
}
NAMED = {
    "stage": "stage_id",
    "product": "product_id",
    "site": "site_id",
    "team": "team_id",
    "category": "category_id",
    "channel": "channel_id",
    "agent": "user_id",
    "merged_into": "merged_into_id",
}
READ_FIELDS = [
    *PLAIN.values(),
    *NAMED.values(),
    *MOMENTS.values(),
    "partner_id",
    "partner_name",
    "partner_email",
    "partner_phone",
    "tag_ids",
]
# What a kind of stage is reached by.
STAGE_ACTIONS = {
    "open": "action_continue",
    "waiting_customer": "action_wait_for_customer",
    "solved": "action_solve",
    "closed": "action_close",
}


class HelpdeskApi(models.AbstractModel):
    """Tickets in the open API."""

    _inherit = "helpdesk.api"

    @api.model
    def _operations(self):
        filters = [(name, number(description=_lt("Only those of this record."))) for name in REFERENCES]
        query = (
            *PAGING,
            (
                "sort",
                {
                    "type": "string",
                    "enum": ["newest", "oldest", "updated"],
                    "default": "newest",
                    "description": _lt("“updated” gives the one that was changed longest ago first: to keep a copy."),
                },
            ),
            (
                "stage_kind",
                {
                    "type": "array",
                    "items": {"type": "string", "enum": KIND_CODES},
                    "minItems": 1,
                    "description": _lt("One or several, with commas."),
                },
            ),
            ("priority", {"type": "string", "enum": PRIORITY_CODES}),
            ("reference", text(50, 1, description=_lt("The ticket's number as the customer knows it."))),
            ("search", text(200, 1, description=_lt("Words in subject, description and conversation."))),
            ("created_from", moment()),
            ("created_to", moment(description=_lt("Before this time."))),
            ("updated_from", moment()),
            *filters,
        )
        return [
            *super()._operations(),
            Operation("list_tickets", "GET", "/tickets", "tickets:read", _lt("List tickets"), TAG, query=query,
                      answer="TicketPage"),
            Operation("create_ticket", "POST", "/tickets", "tickets:write", _lt("Create a ticket"), TAG,
                      body="TicketNew", answer="Ticket", status=201),
            Operation("get_ticket", "GET", "/tickets/{ticket_id}", "tickets:read", _lt("Read a ticket"), TAG,
                      answer="Ticket"),
            Operation("update_ticket", "PATCH", "/tickets/{ticket_id}", "tickets:write", _lt("Change a ticket"), TAG,
                      body="TicketChange", answer="Ticket"),
        ]  # fmt: skip

    @api.model
    def _schemas(self):
        named = optional_reference("Reference")
        contact = {"name": optional_text(), "email": optional_text(), "phone": optional_text()}
        return {
            **super()._schemas(),
            "Ticket": record(
                {
                    "id": number(),
                    "reference": {"type": "string"},
                    "subject": {"type": "string"},
                    "description": optional_text(),
                    "priority": {"type": "string", "enum": PRIORITY_CODES, "description": _lt("0 low … 3 urgent")},
                    "tier": optional({"type": "string"}),
                    "stage_kind": {"type": "string", "enum": KIND_CODES},
                    **dict.fromkeys(NAMED, named),
                    "customer": {
                        "anyOf": [record({"id": optional(number()), **contact}, required=("id",)), {"type": "null"}]
                    },
                    "tags": {"type": "array", "items": {"type": "string"}},
                    **{name: optional(moment()) for name in MOMENTS},
                    "first_response_seconds": optional({"type": "integer"}),
                    "resolution_seconds": optional({"type": "integer"}),
                    "reply_count": {"type": "integer"},
                    "reopen_count": {"type": "integer"},
                },
                required=("id", "reference", "subject", "stage_kind", "created_at"),
            ),
            "TicketPage": page_of("Ticket"),
            "TicketNew": record(
                {
                    "subject": text(300, 1, description=_lt("What it is about, in a few words.")),
                    "description": text(20_000, description=_lt("The customer's own words; they begin the thread.")),
                    "customer": reference("CustomerNew"),
                    "customer_id": number(),
                    "product_id": number(),
                    "category_id": number(),
                    "team_id": number(),
                    "site_id": number(),
                    "channel_id": number(description=_lt("Empty: the one that the key stands for.")),
                    "priority": {"type": "string", "enum": PRIORITY_CODES},
                },
                required=("subject",),
            ),
            "TicketChange": record(
                {
                    "subject": text(300, 1),
                    "priority": {"type": "string", "enum": PRIORITY_CODES},
                    "product_id": optional(number()),
                    "category_id": optional(number()),
                    "team_id": number(),
                    "agent_id": optional(number()),
                    "stage_kind": {"type": "string", "enum": list(STAGE_ACTIONS)},
                },
                minProperties=1,
            ),
        }

    # READING

    @api.model
    def _do_list_tickets(self, limit, sort, cursor=None, **filters):
        domain = self._ticket_domain(filters)
        if sort == "updated":
            return self._page_of_updated_tickets(domain, limit, cursor)
        return self._page("helpdesk.ticket", domain, limit, cursor, self._serialize_tickets, sort == "newest")

    @api.model
    def _ticket_domain(self, filters):
        plain = {"priority": "priority", "reference": "ticket_ref"}
        domain = Domain.TRUE
        for name, value in filters.items():
            if name in REFERENCES:
                operator = "child_of" if name == "category_id" else "="
                domain &= Domain(FIELD_NAMES.get(name, name), operator, value)
            elif name in plain:
                domain &= Domain(plain[name], "=", value)
        if "stage_kind" in filters:
            domain &= Domain("stage_kind", "in", filters["stage_kind"])
        if "search" in filters:
            domain &= Domain("search_text", "ilike", filters["search"])
        for name, field, operator in (
            ("created_from", "create_date", ">="),
            ("created_to", "create_date", "<"),
            ("updated_from", "write_date", ">="),
        ):
            if name in filters:
                domain &= Domain(field, operator, open_api.parse_moment(filters[name]))
        return domain

    @api.model
    def _page_of_updated_tickets(self, domain, limit, cursor):
        """By time of change, then number: what changes while somebody turns the pages comes again at the end."""
        tickets = self.env["helpdesk.ticket"]
        query = tickets._search(domain, order="write_date, id", limit=limit + 1)
        if cursor:
            written, last_id = open_api.read_cursor(cursor, (str, int))
            query.add_where(
                SQL("(helpdesk_ticket.write_date, helpdesk_ticket.id) > (%s, %s)", self._read_time(written), last_id)
            )
        found = tickets.browse(query.get_result_ids())
        page = found[:limit]
        last = page[-1:]
        more = len(found) > limit
        following = open_api.write_cursor(last.write_date.isoformat(), last.id) if more else None
        return {"data": self._serialize_tickets(page), "next_cursor": following}

    @api.model
    def _read_time(self, written):
        try:
            return datetime.fromisoformat(written)
        except ValueError:
            raise open_api.BadRequestError([("?cursor", "cursor", None)]) from None

    @api.model
    def _do_get_ticket(self, ticket_id):
        return self._serialize_tickets(self._find("helpdesk.ticket", ticket_id))[0]

    @api.model
    def _ticket_fields(self):
        """What is read of a ticket for an answer; other concerns add theirs."""
        return READ_FIELDS

    @api.model
    def _serialize_tickets(self, tickets):
        """Tickets as the account may see them; webhooks tell them in the same words.

        :rtype: list
        """
        # sudo: names of labels
        tags = {tag.id: tag.name for tag in tickets.sudo().tag_ids}
        return [self._serialize_ticket(values, tags) for values in tickets.read(self._ticket_fields())]

    @api.model
    def _serialize_ticket(self, values, tags):
        answer = {"id": values["id"]}
        answer |= {name: values[field] or None for name, field in PLAIN.items()}
        answer |= {name: values[name] for name in ("reply_count", "reopen_count")}
        answer |= {name: self._named(values[field]) for name, field in NAMED.items()}
        answer |= {name: open_api.format_moment(values[field]) for name, field in MOMENTS.items()}
        answer["tags"] = [tags[tag_id] for tag_id in values["tag_ids"]]
        answer["customer"] = {
            "id": values["partner_id"][0] if values["partner_id"] else None,
            "name": values["partner_name"] or None,
            "email": values["partner_email"] or None,
            "phone": values["partner_phone"] or None,
        }
        return answer

    # WRITING

    @api.model
    def _do_create_ticket(self, body):
        tickets = self.env["helpdesk.ticket"]
        tickets.check_access("create")
        customer = body.get("customer", {})
        values = {
            "name": body["subject"],
            "description": body.get("description"),
            "partner_name": customer.get("name"),
            "partner_email": self._checked_handle("email", customer),
            "partner_phone": self._checked_handle("phone", customer),
            **{name: body[name] for name in ("priority",) if name in body},
            **self._read_references(body),
        }
        if not values.get("channel_id"):
            # sudo: the key tells by which channel its system writes
            key = self.env["helpdesk.api.key"].sudo().browse(self.env.context["helpdesk_api_key_id"])
            values |= self._channel_values(key.channel_id, values)
        ticket = tickets.create(values)
        if ticket.partner_id and body.get("description"):
            self._say_as_customer(ticket, body["description"])
        return self._serialize_tickets(ticket)[0]

    @api.model
    def _channel_values(self, channel, values):
        """A channel's own team, site and product, for what the request leaves open."""
        offered = {
            "channel_id": channel.id,
            "team_id": channel.team_id.id,
            "site_id": channel.site_id.id,
            "product_id": channel.product_id.id,
            "category_id": channel.category_id.id,
        }
        return {name: value for name, value in offered.items() if value and not values.get(name)}

    @api.model
    def _read_references(self, body):
        """Values of the many-to-one fields in a body, each one seen by the account."""
        values = {}
        for name, model in REFERENCES.items():
            if name in body:
                given = body[name]
                values[FIELD_NAMES.get(name, name)] = self._find(model, given, f"/{name}").id if given else False
        return values

    @api.model
    def _say_as_customer(self, ticket, words):
        """Put a customer's words on the ticket.

        :raise AccessError: the account may not write on it
        """
        ticket.check_access("write")
        # sudo: only the machine speaks in a customer's name; that the account may work on the ticket is checked
        return ticket.sudo().message_post(
            body=plaintext2html(words),
            author_id=ticket.sudo().partner_id.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )

    @api.model
    def _do_update_ticket(self, ticket_id, body):
        ticket = self._find("helpdesk.ticket", ticket_id)
        ticket.check_access("write")
        values = {"name": body["subject"]} if "subject" in body else {}
        values |= {"priority": body["priority"]} if "priority" in body else {}
        values |= self._read_references(body)
        if values:
            ticket.write(values)
        if "stage_kind" in body:
            self._move(ticket, body["stage_kind"])
        return self._serialize_tickets(ticket)[0]

    @api.model
    def _move(self, ticket, kind):
        """Bring a ticket to a kind of stage, as an agent's button does.

        :raise UserError: it can't be reached from where the ticket is
        """
        if ticket.stage_kind == kind:
            return
        action = STAGE_ACTIONS[kind]
        if kind == "open" and ticket.stage_kind in ("solved", "closed"):
            action = "action_reopen"
        getattr(ticket, action)()
        if ticket.stage_kind != kind:
            raise UserError(self.env._("The ticket can't go there from the stage in which it is."))
