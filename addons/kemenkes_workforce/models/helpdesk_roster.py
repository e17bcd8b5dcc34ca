from dateutil.relativedelta import relativedelta
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..tools import roster


class HelpdeskRoster(models.Model):
    """The roster of a site for a month: planned, then published; then it changes with Pusdatin's approval (R3)."""

    _name = "helpdesk.roster"
    _description = "Roster"
    _inherit = ["mail.thread"]
    _order = "month desc, site_id"
    _rec_name = "month"

    site_id = fields.Many2one(
        "helpdesk.site", required=True, index=True, default=lambda self: self.env.user.helpdesk_site_ids[:1]
    )
    month = fields.Date(required=True, default=lambda self: self._next_month(), help="Any day of the month.")
    last_day = fields.Date(compute="_compute_last_day", store=True, index=True)
    state = fields.Selection(
        [("planned", "Planned"), ("published", "Published")],
        required=True,
        readonly=True,
        default="planned",
        tracking=True,
    )
    published_date = fields.Datetime("Published on", readonly=True)
    published_by_id = fields.Many2one("res.users", "Published by", readonly=True)
    assignment_ids = fields.One2many("helpdesk.shift.assignment", "roster_id", string="Duties")
    planned_count = fields.Integer("Duties", compute="_compute_counts")
    proposed_count = fields.Integer("Proposed duties", compute="_compute_counts")
    uncovered_count = fields.Integer("Uncovered duties", compute="_compute_counts")
    uncovered_hours = fields.Float("Uncovered hours", compute="_compute_counts")
    waiting_count = fields.Integer("Waiting changes", compute="_compute_waiting_count")
    generation = fields.Integer(readonly=True, help="Number of the last run of the generator that was confirmed.")

    _one_a_month = models.UniqueIndex("(site_id, month)", "This site already has a roster for this month.")

    # COMPUTE

    @api.model
    def _next_month(self):
        return fields.Date.context_today(self) + relativedelta(day=1, months=1)

    @api.depends("month")
    def _compute_last_day(self):
        for one in self:
            one.last_day = one.month and one.month + relativedelta(day=31)

    @api.depends("site_id", "month")
    def _compute_display_name(self):
        for one in self:
            month = one.month and format_date(self.env, one.month, date_format="MMMM y")
            one.display_name = f"{one.site_id.name or ''} {month or ''}".strip()

    @api.depends("assignment_ids.user_id", "assignment_ids.proposed")
    def _compute_counts(self):
        groups = self.env["helpdesk.shift.assignment"]._read_group(
            [("roster_id", "in", self.ids)], ["roster_id", "uncovered", "proposed"], ["__count", "hours:sum"]
        )
        figures = {(one.id, uncovered, proposed): (count, hours) for one, uncovered, proposed, count, hours in groups}
        for one in self:
            one.uncovered_count, one.uncovered_hours = figures.get((one.id, True, False), (0, 0))
            one.proposed_count = figures.get((one.id, False, True), (0, 0))[0]
            one.planned_count = figures.get((one.id, False, False), (0, 0))[0]

    def _compute_waiting_count(self):
        groups = self.env["helpdesk.roster.change"]._read_group(
            [("roster_ids", "in", self.ids), ("state", "=", "pusdatin")], ["roster_ids"], ["__count"]
        )
        counts = {one.id: count for one, count in groups}
        for one in self:
            one.waiting_count = counts.get(one.id, 0)

    # MONTHS

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("month"):
                vals["month"] = fields.Date.to_date(vals["month"]).replace(day=1)
        rosters = super().create(vals_list)
        for one in rosters:
            places = {(shift, day) for shift in one.site_id.shift_ids for day in one._days()}
            self.env["helpdesk.shift.assignment"]._keep_open(places)
        return rosters

    def write(self, vals):
        if vals.get("month"):
            vals = {**vals, "month": fields.Date.to_date(vals["month"]).replace(day=1)}
        if any(name in vals for name in ("month", "site_id")) and self.assignment_ids:
            raise UserError(self.env._("A roster with duties stays with its site and month."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _refuse_deleting_published(self):
        if self.filtered(lambda one: one.state == "published"):
            raise UserError(self.env._("A published roster can't be deleted: it is what people were told."))

    @api.model
    def _of(self, keys):
        """The rosters of sites and days; months that have none get one.

        :param list keys: (``helpdesk.site``, day)
        :return: list of ``helpdesk.roster``, one for each key
        """
        months = [(site.id, day.replace(day=1)) for site, day in keys]
        known = {
            (one.site_id.id, one.month): one
            for one in self.search(
                [
                    ("site_id", "in", list({site_id for site_id, _month in months})),
                    ("month", "in", list({month for _site_id, month in months})),
                ]
            )
        }
        missing = sorted(set(months) - known.keys())
        made = self.create([{"site_id": site_id, "month": month} for site_id, month in missing])
        known |= dict(zip(missing, made, strict=True))
        return [known[key] for key in months]

    def _days(self):
        self.ensure_one()
        return roster.month_days(self.month)

    # THE PROPOSAL OF THE GENERATOR

    def action_confirm_proposal(self):
        """Make the proposed duties planned ones."""
        for one in self:
            proposed = one.assignment_ids.filtered("proposed")
            proposed.proposed = False
            one.generation = max(proposed.mapped("generation"), default=one.generation)

    def action_discard_proposal(self):
        """Take back the proposed duties."""
        self.assignment_ids.filtered("proposed").unlink()

    def action_undo_generation(self):
        """Turn what was confirmed last into a proposal again, except what somebody changed since."""
        for one in self:
            last = one.assignment_ids.filtered(
                lambda duty, one=one: duty.generation and duty.generation == one.generation and duty.user_id
            )
            if one.state == "published" or not last:
                raise UserError(self.env._("There is no confirmed proposal to undo."))
            last.proposed = True
            one.generation = 0

    # PUBLISHING

    def action_publish(self):
        """Tell each agent their duties, once; what is uncovered stays visible.

        :raise UserError: a proposal waits, or nobody is planned
        """
        for one in self:
            if one.state == "published":
                continue
            if one.proposed_count:
                raise UserError(self.env._("Confirm or discard the proposal of %s first.", one.display_name))
            if not one.planned_count:
                raise UserError(self.env._("Nobody is on duty in the roster of %s yet.", one.display_name))
            one.write(
                {
                    "state": "published",
                    "published_date": fields.Datetime.now(),
                    "published_by_id": self.env.uid,
                }
            )
            one._tell_agents()
            self.env["helpdesk.event"]._record(
                [
                    {
                        "kind": "roster_published",
                        "site_id": one.site_id.id,
                        "data": {
                            "roster": one.id,
                            "duties": one.planned_count,
                            "uncovered": one.uncovered_count,
                        },
                    }
                ]
            )

    def _tell_agents(self):
        """One notice to each agent, with all their duties of the month."""
        self.ensure_one()
        # sudo: agents' own duties, told to themselves
        for agent, duties in self.sudo().assignment_ids.filtered("user_id").grouped("user_id").items():
            speaking = duties.with_context(lang=agent.lang)
            lines = Markup("").join(
                Markup("<li>%s, %s</li>") % (speaking._day(duty.date), duty.shift_id.display_name)
                for duty in speaking.sorted("start_date")
            )
            title = speaking.env._("Your shifts: %s", speaking.roster_id.display_name)
            self.env["mail.thread"].with_context(lang=agent.lang).message_notify(
                partner_ids=agent.partner_id.ids,
                subject=title,
                body=Markup('<p>%s</p><ul>%s</ul><p><a href="/odoo/action-kemenkes_workforce.%s">%s</a></p>')
                % (title, lines, "helpdesk_shift_assignment_action_mine", speaking.env._("My shifts")),
            )

    # ACTIONS

    def action_open_duties(self):
        """Open the duties of this roster on the timeline.

        :return: an action
        """
        return self._open("kemenkes_workforce.helpdesk_shift_assignment_action", [("roster_id", "in", self.ids)])

    def action_open_uncovered(self):
        """Open what is uncovered.

        :return: an action
        """
        return self._open(
            "kemenkes_workforce.helpdesk_shift_assignment_action_uncovered",
            [("roster_id", "in", self.ids), ("uncovered", "=", True)],
        )

    def action_open_changes(self):
        """Open the changes that were asked for.

        :return: an action
        """
        return self._open("kemenkes_workforce.helpdesk_roster_change_action", [("roster_ids", "in", self.ids)])

    def _open(self, action, domain):
        values = self.env["ir.actions.act_window"]._for_xml_id(action)
        return {**values, "domain": domain, "context": {"initial_date": str(self[:1].month)}}
