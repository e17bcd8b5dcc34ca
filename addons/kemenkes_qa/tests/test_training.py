import io
from datetime import datetime, timedelta

from dateutil.relativedelta import relativedelta
from pypdf import PdfReader

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, tagged

from odoo.addons.mail.tests.common import freeze_all_time

from .qa_common import QaCase

MORNING = datetime(2026, 3, 3, 3, 0)


class TrainingCase(QaCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["helpdesk.training.course"].search([]).active = False
        cls.survey = cls.env["survey.survey"].create(
            {
                "title": "Personal data",
                "scoring_type": "scoring_without_answers",
                "scoring_success_min": 80,
                "users_login_required": True,
                "access_mode": "token",
                "question_and_page_ids": [
                    (
                        0,
                        0,
                        {
                            "title": "May a NIK be sent in a chat?",
                            "question_type": "simple_choice",
                            "suggested_answer_ids": [
                                (0, 0, {"value": "No", "is_correct": True, "answer_score": 1}),
                                (0, 0, {"value": "Yes"}),
                            ],
                        },
                    )
                ],
            }
        )
        cls.course = (
            cls.env["helpdesk.training.course"]
            .with_user(cls.users["trainer"])
            .create(
                {
                    "name": "Personal data",
                    "survey_id": cls.survey.id,
                    "is_mandatory": True,
                    "role_ids": cls.env.ref("kemenkes_helpdesk.group_agent").ids,
                    "product_ids": cls.product_a.ids,
                    "validity_months": 12,
                    "warning_days": 30,
                }
            )
        )

    def night(self, moment=MORNING):
        with freeze_all_time(moment), self.enter_registry_test_mode():
            self.env.ref("kemenkes_qa.ir_cron_training").method_direct_trigger()
        self.env.invalidate_all()

    def result(self, login="agent", course=None):
        domain = [("course_id", "=", (course or self.course).id), ("user_id", "=", self.users[login].id)]
        return self.env["helpdesk.training.result"].search(domain)

    def take_test(self, login="agent", right=True, moment=MORNING):
        """As the survey's page does it."""
        question = self.survey.question_ids
        with freeze_all_time(moment):
            self.course.with_user(self.users[login]).action_begin()
            answer = self.env["survey.user_input"].search(
                [("survey_id", "=", self.survey.id), ("partner_id", "=", self.users[login].partner_id.id)], limit=1
            )
            chosen = question.suggested_answer_ids.filtered(lambda one: one.is_correct == right)
            answer._save_lines(question, str(chosen.id))
            answer._mark_done()
            self.env.flush_all()
        return self.result(login)


@tagged("post_install", "-at_install")
class TestTraining(TrainingCase):
    """R21: mandatory courses by role and product, tests, certificates that end."""

    def test_who_gets_a_mandatory_course(self):
        self.night()
        self.assertEqual(self.result().state, "to_do")
        self.assertEqual(self.result().due_date, MORNING.date() + timedelta(days=14))
        for login in ("quality", "analyst", "operation_manager", "manager", "viewer"):
            self.assertFalse(self.result(login), login)
        other = self.create_user("other_product", "group_agent", products=self.product_b)
        self.night()
        self.assertFalse(self.result().search([("user_id", "=", other.id)]), "has none of the course's products")
        count = self.result().search_count([])
        self.night(MORNING + timedelta(days=1))
        self.assertEqual(self.result().search_count([]), count, "given once")

    def test_failed_then_passed(self):
        self.night()
        result = self.take_test(right=False)
        self.assertEqual((result.state, result.score, result.attempt_count), ("to_do", 0, 1))
        result = self.take_test()
        self.assertEqual((result.state, result.score, result.attempt_count), ("passed", 100, 2))
        self.assertEqual(result.expiry_date, MORNING.date() + relativedelta(months=12))
        self.assertTrue(result.certificate_number)
        row = self.env["helpdesk.event"].sudo().search([("kind", "=", "certified")], limit=1)
        self.assertEqual(row.target_user_id, self.users["agent"])
        self.assertEqual(self.course.valid_count, 1)

    def test_warned_once_then_expired(self):
        self.team_l1.user_id = self.users["leader"]
        self.night()
        self.take_test()
        self.users["agent"].notification_type = self.users["leader"].notification_type = "inbox"

        def told(login):
            notices = (
                self.env["mail.notification"].sudo().search([("res_partner_id", "=", self.users[login].partner_id.id)])
            )
            return [body for body in notices.mail_message_id.sorted("id").mapped("body") if "Personal data" in body]

        before = len(told("agent"))
        end = MORNING + relativedelta(months=12)
        self.night(end - timedelta(days=31))
        self.assertEqual(len(told("agent")), before, "too early to warn")
        self.night(end - timedelta(days=30))
        self.night(end - timedelta(days=29))
        self.assertEqual(len(told("agent")), before + 1, "warned once")
        self.assertIn(self.users["agent"].name, told("leader")[-1])
        self.night(end)
        self.assertEqual(self.result().state, "passed", "valid to the end of its last day")
        self.night(end + timedelta(days=1))
        self.assertEqual(self.result().state, "expired")
        self.assertEqual(len(told("agent")), before + 2)
        self.assertEqual(self.take_test(moment=end + timedelta(days=2)).state, "passed", "taken again")

    def test_without_a_test_a_trainer_notes_it(self):
        course = self.course.create({"name": "Call handling"})
        course._assign()
        result = self.result(course=course)
        with self.assertRaisesRegex(UserError, "no test"):
            course.with_user(self.users["agent"]).action_begin()
        with self.assertRaises(AccessError):
            result.with_user(self.users["agent"]).action_note_passed()
        result.with_user(self.users["trainer"]).action_note_passed()
        self.assertEqual(result.state, "passed")
        self.night()
        with self.assertRaisesRegex(UserError, "has a test"):
            self.result().with_user(self.users["trainer"]).action_note_passed()

    def test_rights_and_bad_input(self):
        self.night()
        result = self.result()
        with self.assertRaises(AccessError):
            result.with_user(self.users["trainer"]).write({"state": "passed"})
        with self.assertRaises(AccessError):
            result.with_user(self.users["leader"]).action_begin()
        seen = {"agent": True, "leader": True, "supervisor": True, "trainer": True, "viewer": True}
        colleague = self.create_user("colleague", "group_agent")
        for user, sees in [*((self.users[login], sees) for login, sees in seen.items()), (colleague, False)]:
            found = self.env["helpdesk.training.result"].with_user(user).search([("id", "=", result.id)])
            self.assertEqual(bool(found), sees, user.login)
        with self.assertRaises(ValidationError):
            self.course.link = "javascript:alert(1)"
        unscored = self.env["survey.survey"].create({"title": "Opinion", "scoring_type": "no_scoring"})
        with self.assertRaisesRegex(ValidationError, "no points"):
            self.course.survey_id = unscored


@tagged("post_install", "-at_install")
class TestTrainingPage(TrainingCase, HttpCase):
    """R21: results for Pusdatin, whose viewers have no seat."""

    def test_pusdatin_sees_results(self):
        self.night()
        self.take_test()
        self.authenticate("test_viewer", "test_viewer")
        page = self.url_open("/my/helpdesk/training")
        self.assertEqual(page.status_code, 200)
        self.assertIn(self.result().certificate_number, page.text)
        self.assertNotIn(self.result().certificate_number, self.url_open("/my/helpdesk/training?state=expired").text)
        self.authenticate("test_agent", "test_agent")
        self.assertEqual(self.url_open("/my/helpdesk/training").status_code, 404)

    def test_certificate(self):
        """R21: printed by whoever may see the result, once the course was passed."""
        self.night()
        path = f"/helpdesk/certificate/{self.result().id}"
        self.authenticate("test_agent", "test_agent")
        self.assertEqual(self.url_open(path).status_code, 404, "not passed yet")
        self.take_test()
        page = self.url_open(path)
        self.assertEqual(page.headers["Content-Type"], "application/pdf")
        words = PdfReader(io.BytesIO(page.content)).pages[0].extract_text()
        for word in (self.users["agent"].name, self.course.name, self.result().certificate_number):
            self.assertIn(word, words)
        for login, sees in (("viewer", True), ("trainer", True), ("colleague", False)):
            if login == "colleague":
                self.create_user("colleague", "group_agent")
            self.authenticate(f"test_{login}", f"test_{login}")
            self.assertEqual(self.url_open(path).status_code == 200, sees, login)
