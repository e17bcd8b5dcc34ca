from odoo.tests import tagged

from .test_csat import MORNING, CsatCase


@tagged("post_install", "-at_install")
class TestQaErasure(CsatCase):
    """UU 27/2022: what a customer said of the help, and what was written about it, goes; stars and scores stay."""

    def test_erased_and_copied(self):
        request = self.asked(at=MORNING)
        request.expiry_date = False
        request._answer(2, "Saya Siti Aminah, kecewa")
        evaluation = self.published(right=2)
        evaluation.sudo().write({"summary": "Ibu Siti Aminah dilayani ramah", "dispute_reason": "Siti Aminah setuju"})
        self.line(evaluation, "Right").sudo().comment = "Siti Aminah bertanya dua kali"
        session = self.env["helpdesk.qa.coaching"].browse(evaluation.action_coach()["res_id"]).sudo()
        session.note = "Tiket Siti Aminah"
        score = evaluation.score
        scope = self.customer._erasure_scope()
        copied = self.customer._portable_sections(scope)["surveys"].rows
        self.assertEqual([(row["stars"], row["comment"]) for row in copied], [(2, "Saya Siti Aminah, kecewa")])
        self.customer._erase_personal_data("requested")
        self.env.flush_all()
        self.env.invalidate_all()
        texts = [request.feedback, evaluation.summary, evaluation.dispute_reason, session.note]
        texts += evaluation.line_ids.mapped("comment")
        self.assertNotIn("Siti", " ".join(filter(None, texts)))
        self.assertEqual((request.score, evaluation.score), (2, score))
        self.assertFalse(self.env["helpdesk.event"].verify())
