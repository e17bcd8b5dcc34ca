from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import html2plaintext

from odoo.addons.kemenkes_helpdesk.models.helpdesk_stage import DONE_KINDS

MACHINES = [
    ("first_response_in_time", "First response in time"),
    ("resolved_in_time", "Solved in time"),
    ("one_contact", "Solved with the first reply"),
    ("category", "Category filled"),
    ("first_words", "Words in the first reply"),
    ("last_words", "Words in the last reply"),
]


class HelpdeskQaCriterion(models.Model):
    """One question of a scorecard."""

    _name = "helpdesk.qa.criterion"
    _inherit = ["helpdesk.qa.part.mixin"]
    _description = "Scorecard Criterion"
    _order = "scorecard_id, section_sequence, sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    section_id = fields.Many2one("helpdesk.qa.section", required=True, index=True, ondelete="cascade")
    section_sequence = fields.Integer(related="section_id.sequence", store=True)
    scorecard_id = fields.Many2one(related="section_id.scorecard_id", store=True, index=True)
    kind = fields.Selection(
        [("yes_no", "Yes or no"), ("scale", "Points")], "Answered by", required=True, default="yes_no"
    )
    maximum = fields.Integer("Most points", default=5, help="Points go from 0 to this number.")
    weight = fields.Float(required=True, default=1, help="How much it counts beside the others.")
    is_critical = fields.Boolean(
        "Critical", help="Missing it fails the whole conversation, whatever the rest is worth."
    )
    allows_not_applicable = fields.Boolean(
        "May not apply", default=True, help="What does not apply leaves its weight to the other criteria."
    )
    guidance = fields.Text("Help for the evaluator", translate=True)
    machine = fields.Selection(
        MACHINES, "Proposed by the machine", help="The machine proposes an answer, the evaluator decides."
    )

    words = fields.Text(
        translate=True, help="One expression a line; one of them is enough. Upper and lower case are the same."
    )

    _weight_positive = models.Constraint("CHECK(weight > 0)", "A criterion counts with a weight above 0.")
    _maximum_positive = models.Constraint("CHECK(maximum >= 1)", "The most points are at least 1.")

    def _points(self):
        """The most points of the criterion; 1 for yes or no."""
        self.ensure_one()
        return self.maximum if self.kind == "scale" else 1

    # WHAT THE MACHINE CAN TELL

    def _propose(self, ticket, agent):
        """Whether the machine finds this criterion met in an agent's work on a ticket.

        Each kind is a method ``_propose_<kind>(ticket, agent)``.

        :return: True, False, or None when it can't tell
        """
        self.ensure_one()
        return getattr(self, f"_propose_{self.machine}")(ticket, agent)

    def _propose_category(self, ticket, agent):
        return bool(ticket.category_id)

    def _propose_one_contact(self, ticket, agent):
        return ticket.first_contact_resolution if ticket.stage_kind in DONE_KINDS else None

    def _propose_first_response_in_time(self, ticket, agent):
        return ticket._was_in_time("first_response")

    def _propose_resolved_in_time(self, ticket, agent):
        return ticket._was_in_time("full_resolution")

    def _propose_first_words(self, ticket, agent):
        return self._says_any_word(ticket, agent, "date, id")

    def _propose_last_words(self, ticket, agent):
        return self._says_any_word(ticket, agent, "date desc, id desc")

    def _says_any_word(self, ticket, agent, order):
        """Whether the agent's first message in ``order`` holds one of the expressions; None without either."""
        words = [line.strip().lower() for line in (self.words or "").splitlines() if line.strip()]
        domain = ticket._own_messages_domain() & Domain(
            [("author_id", "=", agent.partner_id.id), ("helpdesk_direction", "=", "out")]
        )
        message = self.env["mail.message"].search(domain, order=order, limit=1)
        if not words or not message:
            return None
        # sudo: only whether a word is in it is told, by an evaluator who reads the conversation
        text = html2plaintext(message.sudo().body or "").lower()
        return any(word in text for word in words)
