from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

QUESTIONS = (
    ("Bolehkah NIK lengkap dikirim kembali kepada pelanggan lewat obrolan?", ("Tidak, samarkan", "Ya, bila diminta")),
    ("Siapa yang boleh membuka data pribadi pelanggan?", ("Petugas yang memegang tiketnya", "Semua petugas")),
    (
        "Apa yang dilakukan bila data terkirim ke orang yang salah?",
        ("Segera lapor supervisor", "Minta dihapus, lalu selesai"),
    ),
)
PRODUCT_COURSE = "SATUSEHAT Mobile: masuk, profil, sertifikat vaksin"


class HelpdeskDemo(models.AbstractModel):
    """Courses, a test, and how far the demo's agents are."""

    _inherit = "helpdesk.demo"

    @api.model
    def _load_training(self):
        """A mandatory course with a test and one for a product, once.

        :return: the courses
        """
        courses = self.env["helpdesk.training.course"]
        if courses.with_context(active_test=False).search_count([], limit=1):
            return courses
        agents = self.env.ref("kemenkes_helpdesk.group_agent")
        courses = courses.create(
            [
                {
                    "name": "Pelindungan data pribadi (UU 27/2022)",
                    "description": "<h3>Yang perlu diingat</h3>"
                    "<ul><li>Buka data pelanggan hanya bila perlu untuk tiketnya.</li>"
                    "<li>Jangan kirim NIK lengkap.</li><li>Salah kirim: lapor supervisor saat itu juga.</li></ul>",
                    "survey_id": self._create_demo_test().id,
                    "is_mandatory": True,
                    "role_ids": agents.ids,
                },
                {
                    "name": PRODUCT_COURSE,
                    "description": "<p>Alur masuk, penggabungan profil, dan sertifikat yang tidak tampil.</p>",
                    "is_mandatory": True,
                    "role_ids": agents.ids,
                    "validity_months": 6,
                },
            ]
        )
        courses._assign()
        today = fields.Date.today()
        # months ago that somebody has passed; None: not yet
        history = (1, 2, 11.5, 13, 3, None, 4, 1)
        for number, result in enumerate(courses[0].result_ids.sorted("id")):
            self._pass_demo(result, history[number % len(history)], today)
        self._pass_demo(courses[1].result_ids[:4], 1, today)
        self.env["helpdesk.training.result"]._follow()
        return courses

    def _create_demo_test(self):
        return self.env["survey.survey"].create(
            {
                "title": "Pelindungan data pribadi",
                "scoring_type": "scoring_with_answers",
                "scoring_success_min": 80,
                "access_mode": "token",
                "users_login_required": True,
                "is_attempts_limited": False,
                "certification": True,
                "question_and_page_ids": [
                    (
                        0,
                        0,
                        {
                            "title": title,
                            "question_type": "simple_choice",
                            "suggested_answer_ids": [
                                (0, 0, {"value": right, "is_correct": True, "answer_score": 10}),
                                (0, 0, {"value": wrong}),
                            ],
                        },
                    )
                    for title, (right, wrong) in QUESTIONS
                ],
            }
        )

    def _pass_demo(self, results, months, today):
        if months is None:
            return
        for result in results:
            passed = today - relativedelta(days=round(months * 30.5))
            result._pass()
            result.write(
                {
                    "passed_date": passed,
                    "expiry_date": passed + relativedelta(months=result.course_id.validity_months),
                    "score": 100 if result.id % 3 else 90,
                    "attempt_count": 1 + (result.id % 4 == 0),
                }
            )
