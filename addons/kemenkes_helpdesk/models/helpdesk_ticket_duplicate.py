from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .helpdesk_stage import OPEN_KINDS

# What is proposed on a form.
PROPOSED = 5
# Of the tickets of the same product, so many before and so many after are compared by their words: in an outage there
# may be tens of thousands within hours, and a form must open as fast as on any other day.
COMPARED = 500
# Compared is the beginning: what people came with, before forms, signatures and quotes.
TEXT_LENGTH = 300
# Of 1: how many of their trigrams two texts share (pg_trgm).
MIN_SIMILARITY = 0.45


def sql_likeness(words):
    """How alike what ``ticket`` says, in its subject and first words, is to ``words``: an expression from 0 to 1.

    :param words: text, or SQL that gives one
    """
    return SQL(
        "similarity(left(concat_ws(' ', ticket.name, left(ticket.description, %(length)s)), %(length)s), %(words)s)",
        length=TEXT_LENGTH,
        words=words,
    )


class HelpdeskTicket(models.Model):
    """Tickets that are probably the same case, proposed to the agent who opens the form; nothing happens by itself."""

    _inherit = "helpdesk.ticket"

    _product_create_date_idx = models.Index("(product_id, create_date)")

    def init(self):
        super().init()
        # Odoo makes it in databases of its own making; a server's administrator may have made this one
        self.env.cr.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")

    # FINDING

    def _find_duplicates(self):
        """The tickets that are probably the same case: the same customer's, or of similar words on the same product.

        One query by indexes, whose cost does not grow with the number of tickets. Looked for on the form only, never
        when a message comes in.

        What others wrote in the same incident is known to be alike, and not one case.

        :return: ``{helpdesk.ticket: "customer" or "text"}``, why each is proposed: at most PROPOSED tickets that
            the user may see, the same customer's first
        """
        self.ensure_one()
        hours = self.team_id.duplicate_hours
        if not hours or self.is_incident or self.merged_into_id or self.stage_kind not in OPEN_KINDS:
            return {}
        self.flush_model(
            ["name", "description", "product_id", "partner_id", "merged_into_id", "parent_id", "is_incident", "active"]
        )
        # sudo: compared only, whatever of it the account may see
        text = self.sudo()._compared_text()
        candidates = SQL(" UNION ALL ").join([self._same_customer_query(hours), *self._neighbour_queries(hours)])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT ticket.id, CASE WHEN same_customer THEN 'customer' ELSE 'text' END
                  FROM (SELECT id, bool_or(same_customer) AS same_customer
                          FROM (%(candidates)s) AS arm (id, same_customer)
                         GROUP BY id) AS candidate
                  JOIN helpdesk_ticket ticket ON ticket.id = candidate.id
                 CROSS JOIN LATERAL (SELECT %(likeness)s AS score) AS likeness
                 WHERE (same_customer OR score >= %(min_score)s)
                   AND (same_customer OR ticket.parent_id IS NULL OR ticket.parent_id IS DISTINCT FROM %(incident_id)s)
                   AND NOT EXISTS (
                       SELECT FROM helpdesk_duplicate_dismissal
                        WHERE ticket_id = LEAST(ticket.id, %(own_id)s)
                          AND other_ticket_id = GREATEST(ticket.id, %(own_id)s))
                 ORDER BY same_customer DESC, score DESC, ticket.id DESC
                 LIMIT %(limit)s
                """,
                candidates=candidates,
                likeness=sql_likeness(text),
                min_score=MIN_SIMILARITY,
                incident_id=self.sudo().parent_id.id or None,
                own_id=self.id,
                limit=PROPOSED,
            )
        )
        return {self.browse(ticket_id): reason for ticket_id, reason in rows}

    def _compared_text(self):
        return f"{self.name} {self.description or ''}"[:TEXT_LENGTH].strip()

    def _duplicate_domain(self, hours):
        span = timedelta(hours=hours)
        return (
            Domain("id", "!=", self.id)
            & Domain("merged_into_id", "=", False)
            & Domain("is_incident", "=", False)
            & Domain("create_date", ">=", self.create_date - span)
            & Domain("create_date", "<=", self.create_date + span)
        )

    def _same_customer_query(self, hours):
        """The customer's other tickets, also by any address or number that is known of them.

        Whoever doesn't know what it is about chooses no product: that is no other case yet.
        """
        domain = self._duplicate_domain(hours)
        if self.product_id:
            domain &= Domain("product_id", "in", [False, self.product_id.id])
        handles = self._customer_handles()
        customer = Domain("partner_email_normalized", "in", handles) | Domain("partner_phone_normalized", "in", handles)
        if self.partner_id:
            customer |= Domain("partner_id", "=", self.partner_id.id)
        return self._search(domain & customer).select(SQL("helpdesk_ticket.id"), SQL("TRUE"))

    def _customer_handles(self):
        """What the customer writes from, normalised: the ticket's own address and number, and all known of them.

        :return: list of str
        """
        # sudo: handles are compared unseen, whatever of them the account may see
        ticket = self.sudo()
        identities = (
            self.env["helpdesk.identity"]
            .sudo()
            .search_fetch(
                [("partner_id", "=", ticket.partner_id.id), ("kind", "in", ("email", "phone", "whatsapp"))], ["handle"]
            )
        )
        own = [ticket.partner_email_normalized, ticket.partner_phone_normalized]
        return [handle for handle in [*own, *identities.mapped("handle")] if handle]

    def _neighbour_queries(self, hours):
        """The tickets of the same product that came in shortly before and after."""
        domain = self._duplicate_domain(hours) & Domain("product_id", "=", self.product_id.id)
        before = domain & Domain("create_date", "<=", self.create_date)
        after = domain & Domain("create_date", ">", self.create_date)
        queries = [
            self._search(before, order="create_date desc", limit=COMPARED),
            self._search(after, order="create_date asc", limit=COMPARED),
        ]
        return [SQL("(%s)", query.select(SQL("helpdesk_ticket.id"), SQL("FALSE"))) for query in queries]

    # WHAT AGENTS DO

    @api.readonly
    def get_duplicates(self):
        """The tickets that are probably the same case as this one, for the form.

        :return: list of ``{"id", "reference", "subject", "customer", "stage", "created", "reason"}``; ``created`` in
            UTC as "YYYY-MM-DD HH:MM:SS", ``reason`` one of customer, text. Empty for accounts that can't merge
        """
        self.ensure_one()
        self.check_access("read")
        if not self.has_access("write"):
            return []
        return [
            {
                "id": ticket.id,
                "reference": ticket.ticket_ref,
                "subject": ticket._shown("name"),
                "customer": ticket._shown("partner_name") or "",
                "stage": ticket.stage_id.name,
                "created": fields.Datetime.to_string(ticket.create_date),
                "reason": reason,
            }
            for ticket, reason in self._find_duplicates().items()
        ]

    def merge_duplicate(self, other_id):
        """Merge this ticket and a proposed one; the older one goes on.

        Tickets of different customers are shown side by side first: the answers will go to one of them.

        :param int other_id: of a ticket that :meth:`get_duplicates` has named
        :return: an action
        :raise UserError, AccessError: as in ``merge_into``
        """
        self.ensure_one()
        other = self.browse(other_id)
        other.check_access("write")
        if self._find_duplicates().get(other) != "customer":
            action = self.env["ir.actions.act_window"]._for_xml_id("kemenkes_helpdesk.helpdesk_merge_wizard_action")
            return {**action, "context": {"active_model": self._name, "active_ids": (self | other).ids}}
        older, newer = (self | other).sorted("id")
        return newer.merge_into(older)._action_open()

    def dismiss_duplicate(self, other_id):
        """This ticket and another are different cases: never propose them to each other again.

        :param int other_id: of the other ticket
        :raise AccessError: the user may not write one of them
        """
        self.ensure_one()
        other = self.browse(other_id) - self
        (self | other).check_access("write")
        if other and self.env["helpdesk.duplicate.dismissal"]._dismiss(self, other):
            self._log("duplicate_dismissed", other_ticket_id=other.id)
        return True
