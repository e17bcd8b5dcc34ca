from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, html2plaintext, is_html_empty

from .helpdesk_stage import OPEN_KINDS

SUMMARY_LENGTH = 100


class HelpdeskIncidentAnswer(models.Model):
    """One answer to all tickets of an incident, or their solution without a word.

    Sending makes one row for each ticket (``helpdesk.incident.delivery``), which the machine works off in batches: a
    request that stops or a job that dies leaves rows that wait, never a customer who hears it twice.
    """

    _name = "helpdesk.incident.answer"
    _description = "Answer to All Tickets of an Incident"
    _order = "id desc"
    _rec_name = "incident_id"

    incident_id = fields.Many2one(
        "helpdesk.ticket", required=True, index=True, ondelete="cascade", domain="[('is_incident', '=', True)]"
    )
    body = fields.Html(
        "Answer",
        translate=True,
        sanitize_attributes=True,
        help="Each customer gets it in their own language, where it is translated, with their own name and number in "
        "place of the placeholders.",
    )
    summary = fields.Char(compute="_compute_summary")
    solve_tickets = fields.Boolean("Solve the tickets")
    solve_incident = fields.Boolean("Solve the incident")
    state = fields.Selection([("draft", "Draft"), ("sent", "Sent")], required=True, default="draft", readonly=True)
    user_id = fields.Many2one("res.users", "Sent by", readonly=True)
    sent_date = fields.Datetime(readonly=True)
    ticket_count = fields.Integer("Tickets", compute="_compute_counts")
    waiting_count = fields.Integer("Waiting", compute="_compute_counts")
    unreachable_count = fields.Integer(
        "Not reachable", compute="_compute_counts", help="Customers with no address on their channel."
    )
    failed_count = fields.Integer("Failed", compute="_compute_counts")
    progress = fields.Float(compute="_compute_counts")
    recipient_count = fields.Integer("Tickets that it goes to", compute="_compute_recipient_count")

    _says_or_does = models.Constraint(
        "CHECK(state = 'draft' OR body IS NOT NULL OR solve_tickets)", "Write an answer, or solve the tickets."
    )

    @api.depends("body")
    def _compute_summary(self):
        for answer in self:
            text = " ".join(html2plaintext(answer.body or "", include_references=False).split())
            answer.summary = text[:SUMMARY_LENGTH]

    @api.depends_context("uid")
    def _compute_counts(self):
        groups = self.env["helpdesk.incident.delivery"]._read_group(
            [("answer_id", "in", self.ids)], ["answer_id", "state"], ["__count"]
        )
        counts = {(answer, state): count for answer, state, count in groups}
        for answer in self:
            of_state = {state: count for (other, state), count in counts.items() if other == answer}
            total = sum(of_state.values())
            answer.ticket_count = total
            answer.waiting_count = of_state.get("waiting", 0)
            answer.unreachable_count = of_state.get("unreachable", 0)
            answer.failed_count = of_state.get("failed", 0)
            answer.progress = 100 * (total - answer.waiting_count) / total if total else 100

    @api.depends("incident_id")
    def _compute_recipient_count(self):
        for answer in self:
            incident = answer.incident_id._origin
            tickets = self.env["helpdesk.ticket"]
            answer.recipient_count = tickets.search_count(incident._incident_recipients_domain()) if incident else 0

    @api.constrains("body")
    def _check_body(self):
        for answer in self:
            self.env["helpdesk.ticket"]._check_placeholders(answer.body)

    @api.constrains("incident_id")
    def _check_incident(self):
        for answer in self:
            if not answer.incident_id.is_incident:
                raise ValidationError(self.env._("%s is not an incident.", answer.incident_id.ticket_ref))

    def write(self, vals):
        self._check_unsent()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent(self):
        self._check_unsent()

    def _check_unsent(self):
        if not self.env.su and any(answer.state != "draft" for answer in self):
            raise UserError(self.env._("What was sent to customers can't be changed."))

    # SENDING

    def action_send(self):
        """Send the answer to every ticket of the incident that the user may see; once, however often it is called.

        :return: an action that closes the dialog
        :raise AccessError: the user may not answer to all
        :raise UserError: there is nothing to say or do, or nobody to say it to
        """
        self.ensure_one()
        self.check_access("write")
        self.incident_id.check_access("write")
        self._lock()
        if self.state == "draft":
            self._send()
        return {"type": "ir.actions.act_window_close"}

    def _lock(self):
        """Whoever sends the same answer at the same time waits, then is replayed by Odoo and finds it sent."""
        self.flush_recordset()
        self.env.execute_query(SQL("SELECT id FROM helpdesk_incident_answer WHERE id = ANY(%s) FOR UPDATE", self.ids))
        self.invalidate_recordset(["state"])

    def _send(self):
        if is_html_empty(self.body) and not self.solve_tickets:
            raise UserError(self.env._("Write an answer, or solve the tickets."))
        incident = self.incident_id
        count = self.env["helpdesk.incident.delivery"]._queue(self, incident._incident_recipients_domain())
        if not count and not self.solve_incident:
            raise UserError(self.env._("No ticket of this incident waits for an answer."))
        # sudo: from here on nobody changes it, who sent it neither
        self.sudo().write({"state": "sent", "user_id": self.env.uid, "sent_date": fields.Datetime.now()})
        incident._log("incident_answered", data={"answer": self.id, "tickets": count, "solve": self.solve_tickets})
        if self.solve_incident:
            incident._go_to("solved", from_kinds=OPEN_KINDS)

    def action_solve_incident_alone(self):
        """Solve the incident and leave its tickets open, without a word to anybody."""
        self.ensure_one()
        self.check_access("write")
        self.incident_id._go_to("solved", from_kinds=OPEN_KINDS)
        self.unlink()
        return {"type": "ir.actions.act_window_close"}

    def _answer_joining(self, tickets):
        """Tell tickets that join now what was said last.

        :param tickets: ``helpdesk.ticket``, children of the incident that ``self`` are answers of
        """
        said = self.filtered(lambda answer: answer.state == "sent" and not is_html_empty(answer.body))
        if latest := said.sorted("id")[-1:]:
            self.env["helpdesk.incident.delivery"]._queue(latest, Domain("id", "in", tickets.ids))

    # SPEAKING

    def _speak(self, tickets):
        """Give the answer on tickets, in one batch, in the name of whoever sent it.

        :param tickets: ``helpdesk.ticket``
        :return: ``{helpdesk.ticket: mail.message}``, empty where nothing is said
        """
        self.ensure_one()
        # sudo: who sent it was allowed to answer these tickets when they were listed
        tickets = tickets.with_user(self.user_id).sudo()
        said = {}
        if not is_html_empty(self.body):
            said = tickets._post_answers({ticket: self._render(ticket) for ticket in tickets}, self.user_id.partner_id)
            tickets._start()
        going_on = tickets.filtered(lambda ticket: not ticket.merged_into_id)
        if self.solve_tickets:
            going_on._go_to("solved", from_kinds=OPEN_KINDS)
        self.env["helpdesk.event"].with_user(self.user_id)._record(
            [
                {
                    "kind": "incident_answered",
                    "ticket_id": ticket.id,
                    "other_ticket_id": self.incident_id.id,
                    "message_id": said[ticket].id if said else None,
                    "data": {"answer": self.id, "solve": self.solve_tickets},
                }
                for ticket in tickets
            ]
        )
        return said

    def _render(self, ticket):
        language = ticket._customer_language()
        body = self.with_context(lang=language).body
        return ticket.with_context(lang=language)._render_placeholders(Markup(body))  # noqa: S704 - sanitised as stored
