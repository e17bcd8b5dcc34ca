from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.kemenkes_helpdesk.personal_fields import PersonalChar


class HelpdeskQaSample(models.Model):
    """A conversation that was drawn to be judged, by whom, and by which chance."""

    _name = "helpdesk.qa.sample"
    _description = "Sample"
    _inherit = ["helpdesk.personal.mixin"]
    _order = "state, id"
    _rec_name = "ticket_id"

    plan_id = fields.Many2one("helpdesk.qa.plan", required=True, readonly=True, index=True, ondelete="cascade")
    ticket_id = fields.Many2one("helpdesk.ticket", required=True, readonly=True, index=True, ondelete="cascade")
    ticket_ref = fields.Char(related="ticket_id.ticket_ref", string="Reference")
    ticket_name = PersonalChar(related="ticket_id.name", string="Subject")
    agent_id = fields.Many2one("res.users", required=True, readonly=True)
    evaluator_id = fields.Many2one("res.users", required=True)
    state = fields.Selection(
        [("open", "To be judged"), ("done", "Judged"), ("skipped", "Left out")],
        required=True,
        default="open",
        readonly=True,
    )
    evaluation_id = fields.Many2one(
        "helpdesk.qa.evaluation", readonly=True, index="btree_not_null", ondelete="set null"
    )
    seed = fields.Integer(readonly=True, aggregator=None, help="The same seed draws the same conversations again.")
    candidate_count = fields.Integer("Drawn out of", readonly=True, aggregator=None)
    date_from = fields.Date("From", readonly=True)
    date_to = fields.Date("To", readonly=True)

    _drawn_once = models.Constraint("UNIQUE(plan_id, ticket_id)", "A plan draws a conversation once.")
    _not_own_work = models.Constraint("CHECK(evaluator_id != agent_id)", "Nobody evaluates their own conversation.")
    _evaluator_idx = models.Index("(evaluator_id, state)")

    def action_evaluate(self):
        """Judge the conversation, or go on with it.

        :return: an action that opens the evaluation
        :raise AccessError: it is somebody else's to judge
        """
        self.ensure_one()
        self._check_evaluator()
        evaluation = self.env["helpdesk.qa.evaluation"]._start(self.ticket_id, agent=self.agent_id)
        # sudo: evaluators do not write samples; who it is was checked
        self.sudo().evaluation_id = evaluation
        return {
            "type": "ir.actions.act_window",
            "res_model": evaluation._name,
            "res_id": evaluation.id,
            "views": [(False, "form")],
        }

    def action_skip(self):
        """Leave conversations out that can't be judged; the plan shows how many."""
        self._check_evaluator()
        if self.evaluation_id:
            raise UserError(self.env._("The evaluation has begun. Throw the draft away to leave the conversation out."))
        # sudo: as above
        self.filtered(lambda sample: sample.state == "open").sudo().state = "skipped"

    def action_reopen(self):
        """Judge conversations after all that were left out (undo)."""
        self._check_evaluator()
        self.filtered(lambda sample: sample.state == "skipped").sudo().state = "open"  # sudo: as above

    def _check_evaluator(self):
        self.check_access("read")
        if any(sample.evaluator_id != self.env.user for sample in self):
            raise AccessError(self.env._("Another evaluator judges this conversation."))

    @api.model
    def _note_published(self, evaluations):
        """The samples of published evaluations are done."""
        # sudo: it follows from the publishing
        self.sudo().search([("evaluation_id", "in", evaluations.ids), ("state", "=", "open")]).state = "done"
