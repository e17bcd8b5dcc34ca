from odoo.addons.kemenkes_helpdesk.tests.common import HelpdeskCase


class QaCase(HelpdeskCase):
    """A small scorecard in use, and a ticket that the agent has answered."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["helpdesk.qa.scorecard"].search([]).state = "retired"
        cls.card = cls.create_card()
        cls.card.action_publish()
        cls.second_evaluator = cls.create_user("quality_two", "group_quality")
        cls.ticket = cls.create_ticket(user_id=cls.users["agent"].id, category_id=cls.category.id)
        cls.customer_says(cls.ticket, "Saya tidak bisa masuk.")
        cls.answer = cls.agent_says(cls.ticket, "Selamat pagi, silakan perbarui aplikasi.")

    @classmethod
    def create_card(cls, **values):
        """Greeting (weight 1), right answer (of 5 points, 3), personal data (critical, 2), category (1)."""
        return cls.env["helpdesk.qa.scorecard"].create(
            {
                "name": "Written",
                "section_ids": [
                    (0, 0, {"name": "Opening", "criterion_ids": [(0, 0, cls.greeting())]}),
                    (
                        0,
                        0,
                        {
                            "name": "Solution",
                            "sequence": 20,
                            "criterion_ids": [
                                (0, 0, {"name": "Right", "kind": "scale", "maximum": 5, "weight": 3}),
                                (0, 0, {"name": "Personal data", "is_critical": True, "weight": 2, "sequence": 20}),
                                (0, 0, {"name": "Category", "machine": "category", "weight": 1, "sequence": 30}),
                            ],
                        },
                    ),
                ],
                **values,
            }
        )

    @classmethod
    def greeting(cls):
        return {"name": "Greets", "weight": 1, "machine": "first_words", "words": "selamat pagi\nselamat siang"}

    @classmethod
    def start(cls, login="quality", ticket=None):
        evaluations = cls.env["helpdesk.qa.evaluation"].with_user(cls.users[login])
        return evaluations._start((ticket or cls.ticket).with_user(cls.users[login]))

    @classmethod
    def line(cls, evaluation, name):
        return evaluation.line_ids.filtered(lambda line: line.criterion_id.name == name)

    @classmethod
    def answer_all(cls, evaluation, right=5, personal_data=1):
        cls.line(evaluation, "Right").write({"points": right, "is_answered": True})
        cls.line(evaluation, "Personal data").write({"points": personal_data, "is_answered": True})

    @classmethod
    def published(cls, **points):
        evaluation = cls.start()
        cls.answer_all(evaluation, **points)
        evaluation.action_publish()
        return evaluation
