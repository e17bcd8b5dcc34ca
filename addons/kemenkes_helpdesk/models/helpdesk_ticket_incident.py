from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from .helpdesk_event import OWN_HISTORY
from .helpdesk_stage import DONE_KINDS, OPEN_KINDS
from .helpdesk_ticket_duplicate import MIN_SIMILARITY, sql_likeness

# Of the tickets that came in lately, so many are compared with so many texts: one waits a second, not a minute.
COMPARED = 5000
COMPARED_TEXTS = 5
# What one click may add; the next click finds the rest.
SIMILAR = 2000
# How many tickets the form of the incident shows.
GLANCE = 10
# Settings of an incident, which reach many customers.
LEADERS_FIELDS = {"is_incident", "answer_joining"}


class HelpdeskTicket(models.Model):
    """A mass incident: one ticket stands for it, the tickets of everyone who wrote in are its children.

    Children stay whole tickets of their own customers, who never hear of one another; colleagues speak of the incident
    on the parent, and answer all children at once from there (``helpdesk.incident.answer``). Who may see a child is
    decided by the child: an incident opens no ticket to anybody.
    """

    _inherit = "helpdesk.ticket"

    is_incident = fields.Boolean(
        "Mass incident", readonly=True, copy=False, help="Stands for a problem that many customers have at once."
    )
    incident_notice = fields.Char(
        "Notice on the web form",
        translate=True,
        copy=False,
        groups="kemenkes_helpdesk.group_supervisor",
        help="Shown above the public form of the product while the incident is open. Leave empty for none.",
    )
    answer_joining = fields.Boolean(
        "Later tickets get the latest answer",
        copy=False,
        help="Whoever writes in later is told at once what the others were told.",
    )
    incident_answer_ids = fields.One2many("helpdesk.incident.answer", "incident_id", "Answers to all")
    incident_ticket_count = fields.Integer("Tickets in the incident", compute="_compute_incident_counts")
    incident_open_count = fields.Integer("Open tickets in the incident", compute="_compute_incident_counts")
    incident_reached_count = fields.Integer(
        "Customers reached",
        compute="_compute_incident_reached_count",
        help="Tickets whose customer was sent at least one answer to all.",
    )

    incident_latest_ids = fields.Many2many(
        "helpdesk.ticket", string="Latest tickets of the incident", compute="_compute_incident_latest_ids"
    )

    _incident_idx = models.Index("(product_id, id) WHERE is_incident")

    @api.depends_context("uid")
    def _compute_incident_counts(self):
        within = [("parent_id", "in", self.filtered("is_incident").ids)]
        groups = self._read_group(within, ["parent_id", "stage_kind"], ["__count"])
        total, still_open = {}, {}
        for parent, kind, count in groups:
            total[parent] = total.get(parent, 0) + count
            if kind in OPEN_KINDS:
                still_open[parent] = still_open.get(parent, 0) + count
        for ticket in self:
            ticket.incident_ticket_count = total.get(ticket, 0)
            ticket.incident_open_count = still_open.get(ticket, 0)

    @api.depends_context("uid")
    def _compute_incident_reached_count(self):
        incidents = self.filtered("is_incident")
        sent = [("incident_id", "in", incidents.ids), ("outbox_id.state", "in", ("sent", "delivered", "read"))]
        groups = self.env["helpdesk.incident.delivery"]._read_group(sent, ["incident_id"], ["ticket_id:count_distinct"])
        counts = dict(groups)
        for ticket in self:
            ticket.incident_reached_count = counts.get(ticket, 0)

    @api.depends_context("uid")
    def _compute_incident_latest_ids(self):
        """A glance: the form of an incident with 10,000 tickets opens like any other. The list holds them all."""
        for ticket in self:
            ticket.incident_latest_ids = ticket.is_incident and self.search(
                [("parent_id", "=", ticket.id)], limit=GLANCE
            )

    # RULES

    @api.constrains("parent_id", "is_incident")
    def _check_incident(self):
        for ticket in self.filtered("parent_id"):
            parent = ticket.parent_id
            if ticket.is_incident:
                raise ValidationError(
                    self.env._("%s is an incident itself: it can't be part of another.", ticket.ticket_ref)
                )
            if not parent.is_incident:
                raise ValidationError(self.env._("%s is not an incident.", parent.ticket_ref))

    @api.constrains("is_incident")
    def _check_no_tickets_left(self):
        ordinary = self.filtered(lambda ticket: not ticket.is_incident)
        # constraints see all tickets: also those that the user may not see would lose their incident
        if left_alone := ordinary.search([("parent_id", "in", ordinary.ids)], limit=1):
            raise ValidationError(
                self.env._("%s still has tickets: it stays an incident.", left_alone.parent_id.ticket_ref)
            )

    def _check_incident_rights(self, vals):
        """
        :raise AccessError: the user may not read the incident to join, or sets what is for team leaders and those above
        """
        if self.env.su:
            return
        if vals.get("parent_id"):
            self.browse(vals["parent_id"]).check_access("read")
        if LEADERS_FIELDS.intersection(vals) and not self.env.user.has_group("kemenkes_helpdesk.group_team_leader"):
            raise AccessError(self.env._("Team leaders and supervisors open incidents; agents add tickets to them."))

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_incident_rights({name: value for name, value in vals.items() if value})
        tickets = super().create(vals_list)
        if self.env.context.get("helpdesk_history") is not OWN_HISTORY:
            tickets.filtered("is_incident")._log("incident_opened")
        tickets._note_parents({ticket: self.browse() for ticket in tickets if ticket.parent_id})
        return tickets

    def write(self, vals):
        self._check_incident_rights(vals)
        parent_before = {ticket: ticket.parent_id for ticket in self} if "parent_id" in vals else {}
        result = super().write(vals)
        self._note_parents(parent_before)
        if changed := {"incident_notice", "answer_joining"}.intersection(vals):
            self._log("fields_changed", data={"fields": sorted(changed)})
        return result

    def _note_parents(self, parent_before):
        """What follows when tickets have joined or left an incident: ledger rows, and answers.

        The rows stand on the children alone: in a storm many people add tickets to one incident at once, and writers
        of one ticket's chain wait for one another.
        """
        changed = {ticket: old for ticket, old in parent_before.items() if ticket.parent_id != old}
        left = {ticket: old for ticket, old in changed.items() if old}
        joined = self.browse(ticket.id for ticket in changed if ticket.parent_id)
        rows = [
            {"kind": "incident_left", "ticket_id": ticket.id, "other_ticket_id": old.id} for ticket, old in left.items()
        ]
        rows += [
            {"kind": "incident_joined", "ticket_id": ticket.id, "other_ticket_id": ticket.parent_id.id}
            for ticket in joined
        ]
        self.env["helpdesk.event"]._record(rows)
        self.env["helpdesk.incident.delivery"]._withdraw(self.browse(ticket.id for ticket in left))
        for incident, tickets in joined.grouped("parent_id").items():
            # sudo: a setting of the incident acts, whoever adds the ticket
            if incident.sudo().answer_joining:
                incident.sudo().incident_answer_ids._answer_joining(tickets)

    # JOINING AND LEAVING

    def join_incident(self, incident):
        """Make the tickets part of an incident; those that are already are left as they are.

        :param incident: ``helpdesk.ticket`` that is an incident
        :return: the tickets that joined
        :raise AccessError: the user may not write a ticket, or not read the incident
        :raise UserError: the incident is closed, or a ticket is merged or part of another incident
        """
        incident.ensure_one()
        incident.check_access("read")
        joining = self.filtered(lambda ticket: ticket.parent_id != incident)
        joining.check_access("write")
        joining._check_may_join(incident)
        joining.write({"parent_id": incident.id})
        return joining

    def _check_may_join(self, incident):
        if incident.stage_kind == "closed" or incident.merged_into_id:
            raise UserError(self.env._("%s is closed. Open it again before you add tickets.", incident.ticket_ref))
        if elsewhere := self.filtered("parent_id"):
            raise UserError(
                self.env._(
                    "These tickets are part of another incident, which they have to leave first: %s",
                    ", ".join(elsewhere[:20].mapped("ticket_ref")),
                )
            )
        if merged := self.filtered("merged_into_id"):
            raise UserError(
                self.env._("These tickets were merged into others: %s", ", ".join(merged[:20].mapped("ticket_ref")))
            )

    def action_leave_incident(self):
        """The tickets turned out to be something else; answers that have not gone out yet don't."""
        self.write({"parent_id": False})

    # FINDING WHAT BELONGS TO IT

    def _find_similar(self, hours):
        """Open tickets that came in lately, of the same products, and of the same category or similar words.

        :param int hours: how long ago at most
        :return: at most SIMILAR tickets that the user may see and that are in no incident, newest first
        """
        if not self:
            return self
        self.flush_model(["name", "description", "product_id", "category_id", "parent_id", "stage_kind", "is_incident"])
        lately = self._search(
            Domain("id", "not in", self.ids)
            & Domain("create_date", ">=", fields.Datetime.subtract(fields.Datetime.now(), hours=hours))
            & Domain("product_id", "in", self.product_id.ids or [False])
            & Domain("stage_kind", "in", OPEN_KINDS)
            & Domain([("parent_id", "=", False), ("is_incident", "=", False), ("merged_into_id", "=", False)]),
            order="create_date desc",
            limit=COMPARED,
        )
        # sudo: compared only, whatever of it the account may see
        texts = list(dict.fromkeys(ticket._compared_text() for ticket in self.sudo()[:100]))[:COMPARED_TEXTS]
        rows = self.env.execute_query(
            SQL(
                """
                SELECT ticket.id
                  FROM helpdesk_ticket ticket
                 WHERE ticket.id IN (%(lately)s)
                   AND (ticket.category_id = ANY(%(categories)s) OR EXISTS (
                       SELECT FROM unnest(%(texts)s) AS other (words)
                        WHERE %(likeness)s >= %(min_score)s))
                 ORDER BY ticket.id DESC LIMIT %(limit)s
                """,
                lately=lately.select(),
                categories=self.category_id.ids,
                texts=texts,
                likeness=sql_likeness(SQL("words")),
                min_score=MIN_SIMILARITY,
                limit=SIMILAR,
            )
        )
        return self.browse(ticket_id for (ticket_id,) in rows)

    # ANSWERING

    def _incident_recipients_domain(self):
        """The tickets of this incident that an answer to all goes to, among those that the user may see.

        A merged ticket's customer is answered under the old number, unless the survivor is the same customer's and is
        answered too: nobody hears the same twice.
        """
        members = Domain("parent_id", "=", self.id)
        merged = self.search(members & Domain("merged_into_id", "!=", False))
        alone = merged.filtered(
            lambda ticket: (
                ticket.survivor_id.sudo().stage_kind != "closed"
                and (
                    ticket.survivor_id.sudo().parent_id != self
                    or ticket._customer_key() != ticket.survivor_id._customer_key()
                )
            )
        )
        going_on = Domain("stage_kind", "!=", "closed") & Domain("merged_into_id", "=", False)
        return members & (going_on | Domain("id", "in", alone.ids))

    def action_answer_all(self):
        """The dialog in which one answer to all tickets of this incident is written."""
        return self._open_answer(self.env._("Answer to all"), {})

    def _propose_solving_children(self):
        """The dialog that solves an incident with its tickets, where there are any and the user may do it.

        :return: an action, or None
        """
        if len(self) != 1 or not self.is_incident or self.stage_kind in DONE_KINDS:
            return None
        if not self.incident_open_count or not self.env.user.has_group("kemenkes_helpdesk.group_team_leader"):
            return None
        return self._open_answer(
            self.env._("Solve the incident"), {"default_solve_tickets": True, "default_solve_incident": True}
        )

    def _open_answer(self, title, context):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "helpdesk.incident.answer",
            "views": [(self.env.ref("kemenkes_helpdesk.helpdesk_incident_answer_view_form").id, "form")],
            "target": "new",
            "context": {"default_incident_id": self.id, **context},
        }

    def action_view_incident_tickets(self):
        """The tickets of this incident, as a list with all its searches."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("kemenkes_helpdesk.helpdesk_ticket_action"),
            "name": self.env._("Tickets of %s", self.ticket_ref),
            "domain": [("parent_id", "=", self.id)],
            "context": {"create": False},
        }

    def action_view_reached(self):
        """Whom the answers to all were sent to, and how far they got."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("kemenkes_helpdesk.helpdesk_incident_delivery_action"),
            "domain": [("incident_id", "=", self.id)],
        }

    # THE PUBLIC FORM

    @api.model
    def _form_notices(self, product, site):
        """What supervisors say above the public form while incidents are open.

        :param product: ``helpdesk.product`` that the form is about, or none
        :param site: ``helpdesk.site`` that the form is about, or none
        :return: list of ``{"product": name or "", "text": str}``, newest first
        """
        about = Domain("product_id", "=", product.id)
        if not product:
            about = Domain("product_id", "!=", False) | Domain("site_id", "=", site.id)
        # sudo: these sentences, and the names of products, are written for everybody; nothing else is shown
        incidents = self.sudo().search(
            Domain("is_incident", "=", True) & Domain("stage_kind", "in", OPEN_KINDS) & about, limit=10
        )
        return [
            {"product": incident.product_id.name or "", "text": incident.incident_notice}
            for incident in incidents
            if incident.incident_notice
        ]
