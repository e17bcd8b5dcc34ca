from collections import defaultdict

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, RedirectWarning, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

from ..tools import roster

# In the context while a change of a published roster is carried out that was approved. Known to this process only.
APPROVED = object()
# In the context while two duties change hands one after the other, and are checked together afterwards.
UNCHECKED = object()
# What moves a duty or gives it to somebody else.
PLACE = ("user_id", "shift_id", "date")
# Rules look at the week around a duty.
REACH = relativedelta(days=7)
SENTENCES_SHOWN = 5
OPEN_COLOR = 1
REMOVED = "removed"


class HelpdeskShiftAssignment(models.Model):
    """A duty: one agent on one shift of one day; without an agent it is uncovered and waits for somebody (R3).

    As many duties as a shift needs agents at least stand on each day of a roster from its beginning, so that what is
    uncovered is seen, counted and dragged to somebody.
    """

    _name = "helpdesk.shift.assignment"
    _description = "Duty"
    _order = "start_date, site_id, user_id, id"
    _rec_name = "shift_id"

    user_id = fields.Many2one("res.users", "Agent", index=True, domain=lambda self: self._agent_domain())
    shift_id = fields.Many2one("helpdesk.shift", required=True, index=True, ondelete="restrict")
    shift_name = fields.Char(related="shift_id.name", string="Name of the shift")
    site_id = fields.Many2one(related="shift_id.site_id", store=True, precompute=True)
    date = fields.Date("Day", required=True, help="The day on which the shift starts, at the site.")
    start_date = fields.Datetime("Starts", compute="_compute_times", store=True, precompute=True, readonly=False)
    stop_date = fields.Datetime("Ends", compute="_compute_times", store=True, precompute=True, readonly=False)
    hours = fields.Float(related="shift_id.hours", store=True, precompute=True)
    roster_id = fields.Many2one("helpdesk.roster", readonly=True, index=True, ondelete="cascade")
    proposed = fields.Boolean(readonly=True, help="Made by the generator and not confirmed yet.")
    generation = fields.Integer(readonly=True, aggregator=None, help="Number of the run of the generator.")
    state = fields.Selection(
        [("proposed", "Proposed"), ("planned", "Planned"), ("published", "Published")],
        compute="_compute_state",
        store=True,
        precompute=True,
    )
    uncovered = fields.Boolean(compute="_compute_uncovered", store=True, precompute=True)
    note = fields.Char(help="Seen by everybody who sees the roster.")
    change_ids = fields.One2many("helpdesk.roster.change", "assignment_id", string="Changes")
    adherence_ids = fields.One2many("helpdesk.adherence", "assignment_id")
    waiting_change = fields.Boolean("Change asked for", compute="_compute_waiting_change")
    color = fields.Integer(compute="_compute_color")
    is_hatched = fields.Boolean(compute="_compute_is_hatched")

    _site_date_idx = models.Index("(site_id, date)")
    _start_date_idx = models.Index("(start_date)")
    _user_date_idx = models.Index("(user_id, date) WHERE user_id IS NOT NULL")
    _uncovered_idx = models.Index("(date) WHERE uncovered")
    _once_on_a_shift = models.UniqueIndex(
        "(user_id, shift_id, date) WHERE user_id IS NOT NULL", "This agent is on this shift already."
    )

    # COMPUTE

    @api.depends("shift_id", "date")
    def _compute_times(self):
        """The times of a shift never change once it is used, so they depend on which shift it is alone."""
        for duty in self:
            if duty.shift_id and duty.date:
                duty.start_date, duty.stop_date = duty.shift_id._times(duty.date)

    @api.depends("proposed", "roster_id.state")
    def _compute_state(self):
        for duty in self:
            published = "published" if duty.roster_id.state == "published" else "planned"
            duty.state = "proposed" if duty.proposed else published

    @api.depends("user_id")
    def _compute_uncovered(self):
        for duty in self:
            duty.uncovered = not duty.user_id

    @api.depends_context("uid")
    @api.depends("change_ids.state")
    def _compute_waiting_change(self):
        groups = self.env["helpdesk.roster.change"]._read_group(
            [("assignment_id", "in", self.ids), ("state", "in", ("colleague", "leader", "pusdatin"))],
            ["assignment_id"],
        )
        waiting = {duty.id for (duty,) in groups}
        for duty in self:
            duty.waiting_change = duty.id in waiting

    @api.depends("uncovered", "shift_id.color")
    def _compute_color(self):
        for duty in self:
            duty.color = OPEN_COLOR if duty.uncovered else duty.shift_id.color

    @api.depends("proposed", "waiting_change")
    def _compute_is_hatched(self):
        for duty in self:
            duty.is_hatched = duty.proposed or duty.waiting_change

    @api.depends("user_id", "shift_id", "date")
    @api.depends_context("helpdesk_duty_with_day")
    def _compute_display_name(self):
        for duty in self:
            if self.env.context.get("helpdesk_duty_with_day"):
                duty.display_name = f"{duty.user_id.name or ''}: {duty._told()}" if duty.date else ""
                continue
            who = duty.user_id.name or self.env._("Uncovered")
            duty.display_name = f"{duty.shift_id.code or ''} · {who}"

    @api.model
    def _agent_domain(self):
        return Domain("share", "=", False) & Domain(
            "all_group_ids", "in", self.env.ref("kemenkes_helpdesk.group_agent").ids
        )

    # WRITING

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._snap_new(vals) for vals in vals_list]
        rosters = self._rosters_of(vals_list)
        for vals, one in zip(vals_list, rosters, strict=True):
            vals["roster_id"] = one.id
        duties = super().create(vals_list)
        duties._refuse_published(self.env._("add a duty"), {"user_id": vals_list[0].get("user_id")})
        duties._after_change(duties._places())
        return duties

    def write(self, vals):
        if "start_date" in vals or "stop_date" in vals:
            return self._write_dropped(vals)
        if not any(name in vals for name in PLACE):
            return super().write(vals)
        moved = self.filtered(lambda duty: any(duty._differs(name, vals[name]) for name in PLACE if name in vals))
        moved._refuse_published(self.env._("change a duty"), vals)
        places = moved._places()
        result = super().write(vals)
        if "shift_id" in vals or "date" in vals:
            moved._find_roster()
        moved._after_change(places | moved._places())
        return result

    def unlink(self):
        self._refuse_published(self.env._("remove a duty"), {REMOVED: True})
        places = self._places()
        result = super().unlink()
        self.browse()._keep_open(places)
        return result

    def _differs(self, name, value):
        return self._fields[name].convert_to_write(self[name], self) != self._fields[name].convert_to_write(
            self._fields[name].convert_to_record(self._fields[name].convert_to_cache(value, self), self), self
        )

    def _write_dropped(self, vals):
        """What was dropped somewhere on a calendar goes to the nearest shift; its length is the shift's."""
        rest = {name: value for name, value in vals.items() if name not in ("start_date", "stop_date")}
        for duty in self:
            moment = fields.Datetime.to_datetime(vals.get("start_date", duty.start_date))
            shift_id, day = duty.site_id._nearest_shift(moment)
            duty.write({**rest, "shift_id": shift_id, "date": day})
        return True

    def _snap_new(self, vals):
        """A duty that was drawn on a calendar has a start instead of a shift and a day."""
        vals = dict(vals)
        start = vals.pop("start_date", None)
        vals.pop("stop_date", None)
        if start and not vals.get("date"):
            site = (
                self.env["helpdesk.shift"].browse(vals.get("shift_id")).site_id or self.env.user.helpdesk_site_ids[:1]
            )
            shift_id, vals["date"] = site._nearest_shift(fields.Datetime.to_datetime(start))
            vals.setdefault("shift_id", shift_id)
        return vals

    @api.onchange("start_date")
    def _onchange_start_date(self):
        """The form of a duty drawn on a calendar shows which shift it will be."""
        site = self.site_id or self.env.user.helpdesk_site_ids[:1]
        if self.start_date and not self.shift_id and site.shift_ids:
            shift_id, self.date = site._nearest_shift(self.start_date)
            self.shift_id = shift_id

    def _rosters_of(self, vals_list):
        """The roster of each of ``vals_list``; months that have none get one."""
        shifts = self.env["helpdesk.shift"]
        keys = [
            (shifts.browse(vals.get("shift_id")).site_id, fields.Date.to_date(vals.get("date"))) for vals in vals_list
        ]
        return self.env["helpdesk.roster"]._of(keys)

    def _find_roster(self):
        rosters = self.env["helpdesk.roster"]._of([(duty.site_id, duty.date) for duty in self])
        for duty, one in zip(self, rosters, strict=True):
            if duty.roster_id != one:
                # pylint: disable-next=super-method-mismatch
                super(HelpdeskShiftAssignment, duty).write({"roster_id": one.id})

    def _places(self):
        return {(duty.shift_id, duty.date) for duty in self}

    def _after_change(self, places):
        self._check_rules()
        self._keep_open(places)

    # UNCOVERED DUTIES

    @api.model
    def _keep_open(self, places):
        """Have as many uncovered duties on shifts as agents are missing there.

        :param set places: (``helpdesk.shift``, day)
        """
        if not places:
            return
        # sudo: follows from what was changed with rights; nobody is put on duty by it
        duties = self.sudo().with_context(roster_change=APPROVED)
        shifts = self.env["helpdesk.shift"].browse({shift.id for shift, _day in places}).sudo()
        days = {day for _shift, day in places}
        filled = dict.fromkeys(places, 0)
        waiting = defaultdict(duties.browse)
        for duty in duties.search(
            [("shift_id", "in", shifts.ids), ("date", ">=", min(days)), ("date", "<=", max(days))]
        ):
            place = (duty.shift_id, duty.date)
            if duty.user_id:
                filled[place] = filled.get(place, 0) + 1
            else:
                waiting[place] |= duty
        surplus, missing = duties.browse(), []
        for shift, day in places:
            wanted = max(0, shift.minimum_agents - filled[shift, day]) if shift.active else 0
            surplus |= waiting[shift, day][wanted:]
            missing += [{"shift_id": shift.id, "date": day}] * (wanted - len(waiting[shift, day]))
        if surplus:
            super(HelpdeskShiftAssignment, surplus).unlink()  # pylint: disable=super-method-mismatch
        if missing:
            rosters = duties._rosters_of(missing)
            # pylint: disable-next=super-method-mismatch
            super(HelpdeskShiftAssignment, duties).create(
                [{**vals, "roster_id": one.id} for vals, one in zip(missing, rosters, strict=True)]
            )

    # RULES

    def _check_rules(self):
        """That no agent of these duties is asked for more than the site allows.

        :raise ValidationError: with a sentence for each rule that is broken
        """
        taken = self.filtered("user_id")
        if not taken or self.env.context.get("roster_rules") is UNCHECKED:
            return
        self.env.flush_all()
        taken._check_rights_of_agents()
        taken._check_full()
        around = taken._around()
        plain = [duty._plain() for duty in around]
        first, last = min(taken.mapped("date")), max(taken.mapped("date"))
        absences = self.env["helpdesk.roster.change"]._absences(taken.user_id, first, last)
        found = []
        for site in taken.site_id:
            agents = taken.filtered(lambda duty, site=site: duty.site_id == site).user_id.ids
            found += [
                violation
                for violation in roster.violations(
                    [duty for duty in plain if duty.agent in agents], site._roster_limits(), absences
                )
                if first - REACH <= violation.duty.day <= last + REACH
            ]
        if found:
            raise ValidationError("\n".join(self._sentence(violation) for violation in found[:SENTENCES_SHOWN]))

    def _around(self):
        """All duties of the agents of these, a week before and after."""
        # sudo: rules look at all that an agent does, at other sites too
        return self.sudo().search(
            [
                ("user_id", "in", self.user_id.ids),
                ("date", ">=", min(self.mapped("date")) - REACH),
                ("date", "<=", max(self.mapped("date")) + REACH),
            ]
        )

    def _plain(self):
        self.ensure_one()
        return roster.Duty(self, self.user_id.id, self.date, self.start_date, self.stop_date)

    def _check_full(self):
        """That no shift has more agents than it takes."""
        limited = self.filtered(lambda duty: duty.shift_id.maximum_agents)
        if not limited:
            return
        groups = self.sudo()._read_group(  # sudo: counts all, whoever asks
            [
                ("shift_id", "in", limited.shift_id.ids),
                ("date", "in", list(set(limited.mapped("date")))),
                ("user_id", "!=", False),
            ],
            ["shift_id", "date:day"],
            ["__count"],
        )
        for shift, day, count in groups:
            if count > shift.maximum_agents:
                raise ValidationError(
                    self.env._(
                        "%(shift)s on %(day)s would have %(count)s agents; the most are %(most)s.",
                        shift=shift.name,
                        day=self._day(fields.Date.to_date(day)),
                        count=count,
                        most=shift.maximum_agents,
                    )
                )

    def _check_rights_of_agents(self):
        """That agents belong to the site, by its list or by a team there."""
        for duty in self:
            # sudo: which sites and teams an account has is not the business of who writes the roster
            agent = duty.user_id.sudo()
            if duty.site_id not in agent.helpdesk_site_ids | agent.helpdesk_team_ids.site_id:
                raise ValidationError(
                    self.env._("%(agent)s doesn't work at %(site)s.", agent=agent.name, site=duty.site_id.name)
                )

    def _sentence(self, violation):
        """What is wrong, for people.

        :param Violation violation: with records as keys of its duties
        """
        duty = violation.duty.key
        words = {"agent": duty.user_id.name, "shift": duty.shift_id.name, "day": self._day(duty.date)}
        limits = duty.site_id._roster_limits()
        if violation.rule == "overlap":
            other = violation.other.key
            return self.env._(
                "%(agent)s can't work %(shift)s on %(day)s: %(other)s on %(other_day)s is not over by then.",
                **words,
                other=other.shift_id.name,
                other_day=self._day(other.date),
            )
        if violation.rule == "rest":
            return self.env._(
                "%(agent)s would have only %(rest)g hours of rest before %(shift)s on %(day)s; at least %(least)g are"
                " needed.",
                **words,
                rest=violation.figure,
                least=limits.rest_hours,
            )
        if violation.rule == "hours":
            return self.env._(
                "%(agent)s would work %(hours)g hours on %(day)s; the most are %(most)g.",
                agent=words["agent"],
                day=words["day"],
                hours=violation.figure,
                most=limits.hours_a_day,
            )
        if violation.rule == "days":
            return self.env._(
                "%(agent)s would work %(days)g days in the week of %(monday)s; the most are %(most)g.",
                agent=words["agent"],
                days=violation.figure,
                monday=self._day(roster.monday(duty.date)),
                most=limits.days_a_week,
            )
        return self.env._("%(agent)s is on leave on %(day)s.", agent=words["agent"], day=words["day"])

    def _told(self):
        """The shift and day in words."""
        return f"{self.shift_id.name}, {self._day(self.date)}"

    @api.model
    def _day(self, day):
        return format_date(self.env, day, date_format="EEEE, d MMMM y")

    # PUBLISHED ROSTERS

    def _refuse_published(self, action, vals):
        """Duties of a published roster change by :class:`helpdesk.roster.change` alone."""
        if self.env.context.get("roster_change") is APPROVED:
            return
        self._check_planner()
        published = self.filtered(lambda duty: duty.roster_id.state == "published")[:1]
        if published:
            raise RedirectWarning(
                self.env._(
                    "The roster of %(roster)s is published: to %(action)s, ask for a change, which Pusdatin approves.",
                    roster=published.roster_id.display_name,
                    action=action,
                ),
                self.env.ref("kemenkes_workforce.helpdesk_roster_change_action_ask").id,
                self.env._("Ask for this change"),
                published._prepare_change(vals),
            )

    def _prepare_change(self, vals):
        """What was tried, as the defaults of the form in which it is asked for."""
        self.ensure_one()
        shift_id, day = vals.get("shift_id", self.shift_id.id), fields.Date.to_date(vals.get("date", self.date))
        user_id = vals.get("user_id", self.user_id.id)
        kind = "replace"
        if (shift_id, day) != (self.shift_id.id, self.date):
            kind = "move"
        elif vals.get("user_id", True) is False or vals.get(REMOVED):
            kind = "remove"
        elif not self.user_id:
            kind = "add"
        return {
            "default_kind": kind,
            "default_assignment_id": self.id if kind != "add" else False,
            "default_user_id": user_id,
            "default_shift_id": shift_id,
            "default_date": fields.Date.to_string(day),
        }

    def _check_planner(self):
        if self.env.su or self.env.user.has_group("kemenkes_helpdesk.group_team_leader"):
            return
        raise AccessError(self.env._("Team leaders and those above them plan the roster; ask for a change instead."))
