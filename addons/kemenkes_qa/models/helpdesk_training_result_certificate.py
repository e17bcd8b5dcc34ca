from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..report import certificate_pdf


class HelpdeskTrainingResult(models.Model):
    """The certificate of who has passed, to print (R21)."""

    _inherit = "helpdesk.training.result"

    def action_print_certificate(self):
        """Open the certificate.

        :return: an action
        :raise UserError: the course was never passed
        """
        self.ensure_one()
        self._check_certified()
        return {"type": "ir.actions.act_url", "url": f"/helpdesk/certificate/{self.id}", "target": "new"}

    def _check_certified(self):
        self.check_access("read")
        if not self.passed_date:
            raise UserError(self.env._("There is no certificate before the course is passed."))

    def _render_certificate(self):
        """The certificate as a PDF, in the reader's language.

        :return: bytes
        :raise UserError: the course was never passed
        """
        self.ensure_one()
        self._check_certified()
        # sudo: the names of person, course and site, to whoever may read the result
        result = self.sudo()
        facts = [
            (self.env._("Number"), result.certificate_number),
            (self.env._("Passed on"), self._long_date(result.passed_date)),
            (
                self.env._("Valid until"),
                self._long_date(result.expiry_date) if result.expiry_date else self.env._("for ever"),
            ),
        ]
        if result.attempt_count:
            facts.insert(1, (self.env._("Score"), f"{result.score:.0f} %"))
        return certificate_pdf.render(
            {
                "issuer": " · ".join(filter(None, (self.env.company.name, result.site_id.name))),
                "title": self.env._("Certificate"),
                "given_to": self.env._("This certificate is given to"),
                "name": result.user_id.name,
                "reason": self.env._("who has passed the course"),
                "course": result.course_id.name,
                "number": result.certificate_number,
                "facts": facts,
                "footer": self.env._(
                    "Made by the helpdesk on %s, where this number shows whether the certificate is still valid.",
                    self._long_date(fields.Date.context_today(self)),
                ),
            }
        )

    def _long_date(self, day):
        return format_date(self.env, day, date_format="d MMMM yyyy")
