from odoo import models


class SurveyUserInput(models.Model):
    _inherit = "survey.user_input"

    def _mark_done(self):
        """A test that is over counts for its course."""
        result = super()._mark_done()
        # sudo: results are written by the system only
        self.env["helpdesk.training.result"].sudo()._note_answers(self.sudo())
        return result
