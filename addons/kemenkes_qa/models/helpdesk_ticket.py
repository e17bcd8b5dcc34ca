from odoo import fields, models


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    evaluation_count = fields.Integer("Evaluations", compute="_compute_evaluation_count")

    def _compute_evaluation_count(self):
        counts = dict(
            self.env["helpdesk.qa.evaluation"]._read_group(
                [("ticket_id", "in", self.ids), ("calibration_id", "=", False)], ["ticket_id"], ["__count"]
            )
        )
        for ticket in self:
            ticket.evaluation_count = counts.get(ticket, 0)

    def _note_customer_messages(self, message_by_ticket):
        """A message that is nothing but a rating answers the question and leaves the ticket solved."""
        # sudo: customers have no rights on what they are asked
        requests = self.env["helpdesk.csat.request"].sudo()
        said = {}
        for ticket, message in message_by_ticket.items():
            vote = requests._read_vote(ticket, message.body)
            if not vote:
                said[ticket] = message
                continue
            request, score = vote
            request._take_vote(score)
        return super()._note_customer_messages(said)

    def action_evaluate(self):
        """Judge the work on this ticket, or go on with it.

        :return: an action that opens the evaluation
        """
        self.ensure_one()
        evaluation = self.env["helpdesk.qa.evaluation"]._start(self)
        return {
            "type": "ir.actions.act_window",
            "res_model": evaluation._name,
            "res_id": evaluation.id,
            "views": [(False, "form")],
        }

    def action_open_evaluations(self):
        """The evaluations of this ticket that the user may see.

        :return: an action
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("kemenkes_qa.helpdesk_qa_evaluation_action")
        return {**action, "domain": [("ticket_id", "=", self.id), ("calibration_id", "=", False)], "context": {}}
