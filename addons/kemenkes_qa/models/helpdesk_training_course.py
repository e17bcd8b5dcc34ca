from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

# Roles that can be told to take a course.
ROLES = (
    "agent", "expert", "team_leader", "supervisor", "quality", "analyst", "trainer", "admin_support",
)  # fmt: skip


class HelpdeskTrainingCourse(models.Model):
    """Material to learn, and a test at its end (R21). Who passes is certified, for some time or for ever.

    Whom a mandatory course is for follows from products and roles, and is looked up anew each night.
    """

    _name = "helpdesk.training.course"
    _description = "Training Course"
    _inherit = ["mail.thread"]
    _order = "sequence, name"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    description = fields.Html("Material", translate=True, sanitize=True)
    attachment_ids = fields.Many2many("ir.attachment", string="Files")
    link = fields.Char("Link to more", help="A page or video in your own network, or a public one.")
    survey_id = fields.Many2one(
        "survey.survey",
        "Test",
        ondelete="restrict",
        domain=[("scoring_type", "!=", "no_scoring")],
        help="Who reaches the test's success rate has passed. Without a test the trainer notes who has passed.",
    )
    product_ids = fields.Many2many("helpdesk.product", string="Products", help="Empty: for every product.")
    role_ids = fields.Many2many(
        "res.groups",
        string="Roles",
        domain=lambda self: [("id", "in", self._role_groups().ids)],
        help="Empty: for every role.",
    )
    is_mandatory = fields.Boolean("Mandatory", help="Everybody with these products and roles has to pass it.")
    days_to_pass = fields.Integer("To be passed within (days)", default=14, help="After it was assigned.")
    validity_months = fields.Integer("Valid for (months)", default=12, help="0: for ever.")
    warning_days = fields.Integer("Warn before it ends (days)", default=30)
    result_ids = fields.One2many("helpdesk.training.result", "course_id", "Results")
    result_count = fields.Integer("Assigned", compute="_compute_counts")
    valid_count = fields.Integer("Certified", compute="_compute_counts")

    _days = models.Constraint(
        "CHECK(days_to_pass > 0 AND validity_months >= 0 AND warning_days >= 0)",
        "A course is to be passed within a day or more, and its times can't be negative.",
    )

    @api.model
    def _role_groups(self):
        groups = self.env["res.groups"]
        for role in ROLES:
            groups |= self.env.ref(f"kemenkes_helpdesk.group_{role}")
        return groups

    def _compute_counts(self):
        rows = self.env["helpdesk.training.result"]._read_group(
            [("course_id", "in", self.ids)], ["course_id", "state"], ["__count"]
        )
        counts = {(course, state): count for course, state, count in rows}
        for course in self:
            course.result_count = sum(count for (one, _state), count in counts.items() if one == course)
            course.valid_count = counts.get((course, "passed"), 0)

    @api.constrains("is_mandatory", "survey_id")
    def _check_survey(self):
        for course in self.filtered("survey_id"):
            if course.survey_id.scoring_type == "no_scoring":
                raise ValidationError(self.env._("%s gives no points, so nobody can pass it.", course.survey_id.title))

    @api.constrains("link")
    def _check_link(self):
        for course in self.filtered("link"):
            if not course.link.lower().startswith(("https://", "http://")):
                raise ValidationError(self.env._("The link has to begin with https:// or http://."))

    # WHOM IT IS FOR

    def _audience(self):
        """Who has to pass this course: active accounts with one of its roles and one of its products."""
        self.ensure_one()
        groups = self.role_ids or self._role_groups()
        domain = Domain("all_group_ids", "in", groups.ids) & Domain("share", "=", False)
        if self.product_ids:
            domain &= Domain("helpdesk_product_ids", "in", self.product_ids.ids)
        # sudo: who has which role is looked up for the course, nothing is told of it
        users = self.env["res.users"].sudo().search(domain)
        # managers hold every role; they are no agents by that
        return users - self.env.ref("kemenkes_helpdesk.group_operation_manager").sudo().all_user_ids

    def action_assign(self):
        """Give the courses to everybody they are for who does not have them yet.

        :return: a notice of how many
        """
        created = self._assign()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("%s people have been given the course.", len(created)),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _assign(self):
        today = fields.Date.context_today(self)
        # sudo: results are written by the system only
        results = self.env["helpdesk.training.result"].sudo()
        known = {(result.course_id, result.user_id) for result in results.search([("course_id", "in", self.ids)])}
        created = results.create(
            [
                {
                    "course_id": course.id,
                    "user_id": user.id,
                    "due_date": today + relativedelta(days=course.days_to_pass),
                }
                for course in self
                for user in course._audience()
                if (course, user) not in known
            ]
        )
        for user, own in created.grouped("user_id").items():
            user._notify_in_one(self.env._("Training for you"), own.course_id.mapped("name"))
        return created

    def action_begin(self):
        """Take the test now.

        :return: an action that opens it
        :raise UserError: the course has no test
        """
        self.ensure_one()
        if not self.survey_id:
            raise UserError(self.env._("%s has no test: your trainer notes when you have passed.", self.name))
        # sudo: an account that has no rights on tests may take this one
        result = self.env["helpdesk.training.result"].sudo()._of(self, self.env.user)
        survey = self.survey_id.sudo()
        answer = result._open_answer() or survey._create_answer(user=self.env.user)
        return {**survey.action_start_survey(answer=answer), "target": "new"}

    def action_open_results(self):
        """Who has the course, and how far they are.

        :return: an action
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("kemenkes_qa.helpdesk_training_result_action")
        return {**action, "domain": [("course_id", "=", self.id)], "context": {}}

    @api.model
    def _cron_follow(self):
        """Each night: assign mandatory courses, end certificates, warn before they end and where a test is overdue."""
        self.search([("is_mandatory", "=", True)])._assign()
        self.env["ir.cron"]._commit_progress(1)
        self.env["helpdesk.training.result"]._follow()
