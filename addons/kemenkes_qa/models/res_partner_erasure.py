from odoo import models
from odoo.fields import Domain

from odoo.addons.kemenkes_helpdesk.tools.portable_archive import Section

JUDGED_TEXTS = ("summary", "improvement", "dispute_reason", "decision_note")


class ResPartner(models.Model):
    """Erasure and copy reach what customers said of the help, and what was written about their conversations."""

    _inherit = "res.partner"

    def _erasure_scope(self):
        scope = super()._erasure_scope()
        env = scope["tickets"].env
        on_tickets = Domain("ticket_id", "in", scope["tickets"].ids)
        evaluations = env["helpdesk.qa.evaluation"].search(on_tickets)
        return {
            **scope,
            "surveys": env["helpdesk.csat.request"].search(on_tickets | Domain("partner_id", "in", self.ids)),
            "evaluations": evaluations,
            "sessions": env["helpdesk.qa.coaching"].search([("evaluation_ids", "in", evaluations.ids)]),
            "examples": env["helpdesk.qa.example"]
            .with_context(active_test=False)
            .search([("evaluation_id", "in", evaluations.ids)]),
        }

    def _erase_records(self, scope, mark):
        """Scores, stars and goals stay: they are the agents' and the figures'."""
        super()._erase_records(scope, mark)
        scope["surveys"].write({"feedback": False})
        for name in JUDGED_TEXTS:
            scope["evaluations"].filtered(name).write({name: mark})
        scope["evaluations"].line_ids.filtered("comment").write({"comment": mark})
        for name in ("note", "agent_note"):
            scope["sessions"].filtered(name).write({name: mark})
        # an example tells of nobody by its masks; by what it is about it might
        scope["examples"].unlink()

    def _portable_sections(self, scope):
        return {**super()._portable_sections(scope), "surveys": self._portable_surveys(scope)}

    def _portable_surveys(self, scope):
        rows = [
            {
                "ticket": survey.ticket_ref,
                "asked": str(survey.sent_date or "") or None,
                "answered": str(survey.answer_date or "") or None,
                "stars": survey.score or None,
                "comment": survey.feedback or None,
                "reasons": ", ".join(survey.reason_ids.mapped("name")) or None,
            }
            for survey in scope["surveys"].sorted("id")
        ]
        columns = {
            "ticket": self.env._("Ticket"),
            "asked": self.env._("Asked on"),
            "answered": self.env._("Answered on"),
            "stars": self.env._("Stars"),
            "comment": self.env._("Comment"),
            "reasons": self.env._("Reasons"),
        }
        return Section(self.env._("Satisfaction"), columns, rows)
