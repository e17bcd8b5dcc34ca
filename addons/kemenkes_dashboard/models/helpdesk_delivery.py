from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from odoo.addons.kemenkes_helpdesk.models.helpdesk_target import HOME_ZONE

from ..tools import periods
from .helpdesk_export import FORMATS, LOCALES
from .helpdesk_report import PERIODS

WEEKDAYS = [
    ("0", "Monday"), ("1", "Tuesday"), ("2", "Wednesday"), ("3", "Thursday"), ("4", "Friday"), ("5", "Saturday"),
    ("6", "Sunday"),
]  # fmt: skip
CONTENTS = [("report", "A report"), ("export", "Raw data")]
REPORT_FORMATS = [("pdf", "PDF"), ("xlsx", "Excel (.xlsx)"), ("both", "PDF and Excel")]


class HelpdeskDelivery(models.Model):
    """A report or raw data that goes out regularly: by e-mail to people, each in their own rights, or to a place."""

    _name = "helpdesk.delivery"
    _description = "Regular Delivery"
    _order = "name, id"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    user_id = fields.Many2one(
        "res.users", "Responsible", required=True, readonly=True, default=lambda self: self.env.user, copy=False,
        help="What goes to a place holds what this account may see.",
    )  # fmt: skip
    content = fields.Selection(CONTENTS, required=True, default="report")
    report_id = fields.Many2one("helpdesk.report", ondelete="cascade")
    report_format = fields.Selection(REPORT_FORMATS, "Format", default="both")
    dataset = fields.Selection(lambda self: self.env["helpdesk.export"]._selection_dataset(), "Data", default="tickets")
    file_format = fields.Selection(FORMATS, "Format of the file", default="xlsx")
    locale = fields.Selection(LOCALES, "Numbers and separators", default="plain", help="CSV only.")
    product_ids = fields.Many2many("helpdesk.product", string="Products")
    site_ids = fields.Many2many("helpdesk.site", string="Sites")
    period = fields.Selection(PERIODS, required=True, default="yesterday")
    frequency = fields.Selection(
        [("day", "Each day"), ("week", "Each week"), ("month", "Each month")], required=True, default="day"
    )
    weekday = fields.Selection(WEEKDAYS, "On", default="0")
    month_day = fields.Integer("On the day", default=1, help="1 to 28.")
    hour = fields.Integer("At (hour)", default=7, help="On the clock of who is responsible.")
    way = fields.Selection([("mail", "By e-mail"), ("place", "To a place")], required=True, default="mail")
    recipient_ids = fields.Many2many("res.users", string="Recipients", default=lambda self: self.env.user)
    place_id = fields.Many2one("helpdesk.delivery.place")
    next_date = fields.Datetime("Next time", compute="_compute_next_date", store=True, readonly=True, index=True)
    run_ids = fields.One2many("helpdesk.delivery.run", "delivery_id", "Deliveries", readonly=True)
    last_state = fields.Selection(
        [("waiting", "Waiting"), ("sending", "Being sent"), ("done", "Delivered"), ("failed", "Failed")],
        "Last delivery", compute="_compute_last_state",
    )  # fmt: skip

    _times = models.Constraint(
        "CHECK(hour BETWEEN 0 AND 23 AND month_day BETWEEN 1 AND 28)", "Hours are 0 to 23, days of the month 1 to 28."
    )

    @api.depends("frequency", "weekday", "month_day", "hour", "active", "user_id")
    def _compute_next_date(self):
        for delivery in self:
            delivery.next_date = delivery.active and delivery._next_after(fields.Datetime.now())

    def _compute_last_state(self):
        # sudo: how the user's own delivery stands
        rows = self.env["helpdesk.delivery.run"].sudo().search([("delivery_id", "in", self.ids)], order="id")
        last = {row.delivery_id.id: row.state for row in rows}
        for delivery in self:
            delivery.last_state = last.get(delivery.id, False)

    # CRUD

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            # what goes out is what its responsible may see: nobody makes that another one
            vals_list = [{**vals, "user_id": self.env.uid} for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            vals = {**vals, "user_id": self.env.uid}
        return super().write(vals)

    # CONSTRAINTS

    @api.constrains("content", "report_id", "way", "recipient_ids", "place_id", "user_id", "dataset")
    def _check_complete(self):
        for delivery in self:
            if delivery.content == "report" and not delivery.report_id:
                raise ValidationError(self.env._("Choose the report."))
            if delivery.way == "mail" and not delivery.recipient_ids:
                raise ValidationError(self.env._("Choose who gets it."))
            if delivery.way == "place":
                delivery._check_place()
            for user in delivery._receivers():
                delivery._check_receiver(user)

    def _check_place(self):
        if not self.place_id:
            raise ValidationError(self.env._("Choose the place."))
        # sudo: who may send there is not told
        is_allowed = self.user_id in self.place_id.sudo().user_ids
        if not is_allowed and not self.user_id.has_group("kemenkes_helpdesk.group_manager"):
            raise ValidationError(self.env._("You may not send to this place: an administrator can allow it."))

    def _check_receiver(self, user):
        """Everybody gets what they may see: who sees nothing of it gets nothing.

        :raise ValidationError: ``user`` may not have it
        """
        mine = self.with_user(user)
        try:
            if self.content == "report":
                mine.env["helpdesk.report"].browse(self.report_id.id).check_access("read")
            else:
                mine.env["helpdesk.export.dataset"]._get(self.dataset)
        except AccessError as error:
            raise ValidationError(
                self.env._("%(user)s may not have this: %(reason)s", user=user.sudo().name, reason=error.args[0])
            ) from error

    # PLANNING

    def _receivers(self):
        return self.recipient_ids if self.way == "mail" else self.user_id

    def _zone(self):
        return ZoneInfo(self.user_id.sudo().tz or HOME_ZONE)  # sudo: the clock of who is responsible

    def _next_after(self, moment):
        """The first time after ``moment`` (naive UTC) at which it goes out, naive UTC."""
        zone = self._zone()
        day = moment.replace(tzinfo=ZoneInfo("UTC")).astimezone(zone).date()
        for _count in range(40):
            planned = datetime.combine(day, time(self.hour or 0), tzinfo=zone).astimezone(ZoneInfo("UTC"))
            planned = planned.replace(tzinfo=None)
            if planned > moment and self._is_day(day):
                return planned
            day += timedelta(days=1)
        return False

    def _is_day(self, day):
        if self.frequency == "week":
            return day.weekday() == int(self.weekday or 0)
        return self.frequency == "day" or day.day == self.month_day

    @api.model
    def _cron_plan(self):
        """Plan what is due, once for each time; what a standstill made late goes out once, not for every day missed."""
        now = fields.Datetime.now()
        due = self.search([("next_date", "<=", now)])
        for delivery in due.sudo():  # sudo: the machine plans, whoever is responsible
            delivery._plan(delivery.next_date)
            delivery.next_date = delivery._next_after(now)
            self.env["ir.cron"]._commit_progress(1)

    def _plan(self, moment):
        """Make the rows of one time; made before, they are not made again.

        :param datetime moment: naive UTC
        """
        runs = self.env["helpdesk.delivery.run"].sudo()  # sudo: rows are the machine's
        known = runs.search([("delivery_id", "=", self.id), ("planned_date", "=", moment)]).user_id
        today = moment.replace(tzinfo=ZoneInfo("UTC")).astimezone(self._zone()).date()
        start, end = periods.bounds(self.period, today)
        # sudo: accounts that left get nothing
        made = runs.create(
            [
                {
                    "delivery_id": self.id,
                    "user_id": user.id,
                    "planned_date": moment,
                    "next_attempt_date": fields.Datetime.now(),
                    "date_from": start,
                    "date_to": end,
                }
                for user in (self._receivers() - known).sudo().filtered("active")
            ]
        )
        made._wake_job()
        return made

    def action_send_now(self):
        """Send it once now, besides its times."""
        self.ensure_one()
        self.check_access("write")
        self._plan(fields.Datetime.now())
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("It is being sent."),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
