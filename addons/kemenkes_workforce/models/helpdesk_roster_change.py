from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..tools import roster
from .helpdesk_shift_assignment import APPROVED, UNCHECKED

KINDS = [
    ("leave", "Leave"),
    ("swap", "Swap with a colleague"),
    ("replace", "Somebody else instead"),
    ("move", "Another shift or day"),
    ("add", "One more duty"),
    ("remove", "Take off duty"),
]
# What agents ask for themselves; the rest is the planner's.
AGENT_KINDS = ("leave", "swap")
WAITING = ("colleague", "leader", "pusdatin")
LEADER_GROUP = "kemenkes_helpdesk.group_team_leader"
VIEWER_GROUP = "kemenkes_helpdesk.group_pusdatin_viewer"


class HelpdeskRosterChange(models.Model):
    """A change of the roster that somebody asked for, and who agreed to it (R3).

    An agent asks for leave or a swap, the colleague agrees, the leader decides; what touches a published roster is
    approved by Pusdatin as well, and is carried out then. Leaders ask for changes of a published roster themselves. The
    rules of the roster are checked when it is asked for and again when it is carried out.
    """

    _name = "helpdesk.roster.change"
    _description = "Roster Change"
    _inherit = ["mail.thread"]
    _order = "id desc"
    _rec_name = "description"

    kind = fields.Selection(KINDS, "What", required=True, default="leave")
    allowed_kinds = fields.Char(compute="_compute_allowed_kinds", help="What the account may ask for.")
    state = fields.Selection(
        [
            ("new", "New"),
            ("colleague", "Waits for the colleague"),
            ("leader", "Waits for the leader"),
            ("pusdatin", "Waits for Pusdatin"),
            ("done", "Carried out"),
            ("refused", "Refused"),
            ("withdrawn", "Withdrawn"),
        ],
        required=True,
        readonly=True,
        default="new",
        index=True,
        tracking=True,
    )
    asked_by_id = fields.Many2one(
        "res.users", "Asked by", required=True, readonly=True, default=lambda self: self.env.user, index=True
    )
    reason = fields.Text(required=True)
    assignment_id = fields.Many2one("helpdesk.shift.assignment", "Duty", ondelete="set null", index=True)
    other_assignment_id = fields.Many2one("helpdesk.shift.assignment", "Colleague's duty", ondelete="set null")
    user_id = fields.Many2one("res.users", "Agent", default=lambda self: self.env.user)
    shift_id = fields.Many2one("helpdesk.shift")
    date = fields.Date("Day")
    last_date = fields.Date("Until")
    site_id = fields.Many2one("helpdesk.site", compute="_compute_site_id", store=True, precompute=True, index=True)
    roster_ids = fields.Many2many("helpdesk.roster", readonly=True, string="Rosters", copy=False)
    description = fields.Char(compute="_compute_description", store=True)
    decided_by_id = fields.Many2one("res.users", "Decided by", readonly=True)
    decided_date = fields.Datetime("Decided on", readonly=True)
    refusal = fields.Text("Reason of the refusal", readonly=True)
    may_agree = fields.Boolean(compute="_compute_may")
    may_decide = fields.Boolean(compute="_compute_may")
    may_withdraw = fields.Boolean(compute="_compute_may")

    _waiting_idx = models.Index("(site_id, state) WHERE state IN ('colleague', 'leader', 'pusdatin')")
    _leave_idx = models.Index("(user_id, date) WHERE kind = 'leave' AND state = 'done'")

    # COMPUTE

    @api.depends("assignment_id", "shift_id", "user_id")
    def _compute_site_id(self):
        for change in self:
            # sudo: the site of an agent, whoever asks
            agent = change.user_id.sudo()
            change.site_id = (
                change.assignment_id.site_id
                or change.shift_id.site_id
                or agent.helpdesk_team_ids.site_id[:1]
                or agent.helpdesk_site_ids[:1]
            )

    @api.depends("kind", "assignment_id", "other_assignment_id", "user_id", "shift_id", "date", "last_date")
    def _compute_description(self):
        for change in self:
            change.description = change._describe()

    @api.depends("assignment_id", "other_assignment_id", "user_id", "shift_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for change in self:
            change.display_name = change._describe() if change.id else ""

    @api.depends_context("uid")
    def _compute_allowed_kinds(self):
        leads = self.env.user.has_group(LEADER_GROUP)
        self.allowed_kinds = ",".join(dict(KINDS) if leads else AGENT_KINDS)

    def _describe(self):
        """The change in one line; once it is carried out, the line as it was then stays."""
        if self.state in ("done", "refused", "withdrawn") and self._origin.description:
            return self._origin.description
        # sudo: the duties and people that the change is about
        duty, other = self.sudo().assignment_id, self.sudo().other_assignment_id
        agent = self.user_id.name or ""
        place = {"agent": duty.user_id.name or "", "duty": duty._told() if duty else ""}
        to = {
            "shift": self.shift_id.name or "",
            "day": duty._day(self.date) if self.date else "",
        }
        if self.kind == "leave":
            last = duty._day(self.last_date or self.date) if self.date else ""
            return self.env._("%(agent)s on leave: %(first)s to %(last)s", agent=agent, first=to["day"], last=last)
        if self.kind == "swap":
            return self.env._(
                "%(agent)s (%(duty)s) swaps with %(other)s (%(other_duty)s)",
                **place,
                other=other.user_id.name or "",
                other_duty=other._told() if other else "",
            )
        if self.kind == "replace":
            return self.env._("%(new)s instead of %(agent)s: %(duty)s", new=agent, **place)
        if self.kind == "move":
            return self.env._("%(agent)s from %(duty)s to %(shift)s, %(day)s", **place, **to)
        if self.kind == "add":
            return self.env._("%(agent)s on %(shift)s, %(day)s", agent=agent, **to)
        return self.env._("%(agent)s off %(duty)s", **place)

    @api.depends_context("uid")
    @api.depends("state")
    def _compute_may(self):
        user = self.env.user
        leads = user.has_group(LEADER_GROUP)
        for change in self:
            # sudo: whose duty it is, also while it isn't published
            change.may_agree = change.state == "colleague" and change.sudo().other_assignment_id.user_id == user
            change.may_decide = change.state == "leader" and leads and change.asked_by_id != user
            change.may_withdraw = change.state in WAITING and change.asked_by_id == user

    @api.onchange("kind", "assignment_id")
    def _onchange_assignment(self):
        if self.assignment_id and self.kind == "move" and not self.shift_id:
            self.shift_id, self.date = self.assignment_id.shift_id, self.assignment_id.date

    # ASKING

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if not self.env.su:
                vals.pop("state", None)
                vals["asked_by_id"] = self.env.uid
        changes = super().create(vals_list)
        for change in changes:
            change._ask()
        return changes

    def write(self, vals):
        if not self.env.su and self.filtered(lambda change: change.state != "new"):
            raise UserError(self.env._("What was asked for stays as it was: withdraw it and ask anew."))
        return super().write(vals)

    def _ask(self):
        """Check the change, and send it to whoever decides first."""
        self._check_complete()
        self._check_asker()
        self._try()
        if self.kind == "swap":
            self._move_on("colleague")
        elif self._asker_leads():
            self._after_leader()
        else:
            self._move_on("leader")

    def _asker_leads(self):
        """A leader's own leave and swaps are decided by another leader."""
        return self.asked_by_id.has_group(LEADER_GROUP) and self._concerned() != self.asked_by_id

    def _concerned(self):
        return self.user_id if self.kind in ("leave", "add") else self.assignment_id.user_id

    def _check_complete(self):
        """That what the kind of change needs is there.

        :raise ValidationError: naming what is missing
        """
        missing = {
            "leave": not (self.user_id and self.date) and self.env._("Leave needs an agent and its first day."),
            "swap": not (self.assignment_id.user_id and self.other_assignment_id.user_id)
            and self.env._("A swap needs a duty of each of the two agents."),
            "replace": not (self.assignment_id and self.user_id)
            and self.env._("Choose the duty and who takes it over."),
            "move": not (self.assignment_id.user_id and self.shift_id and self.date)
            and self.env._("Choose the duty, and the shift and day it moves to."),
            "add": not (self.user_id and self.shift_id and self.date)
            and self.env._("Choose the agent, the shift and the day."),
            "remove": not self.assignment_id.user_id and self.env._("Choose the duty that is taken off."),
        }[self.kind]
        if missing:
            raise ValidationError(missing)
        if self.kind == "leave" and self.last_date and self.last_date < self.date:
            raise ValidationError(self.env._("Leave ends on or after its first day."))

    def _check_asker(self):
        """Agents ask for leave and swaps of their own; leaders for everything.

        :raise AccessError: it is not theirs to ask for
        """
        asker = self.asked_by_id
        if asker.has_group(LEADER_GROUP):
            return
        if self.kind not in AGENT_KINDS or self._concerned() != asker:
            raise AccessError(
                self.env._("Agents ask for leave and swaps of their own duties; the rest is the leader's.")
            )

    def _try(self):
        """Carry the change out and take it back, so that what breaks a rule is refused when it is asked for.

        :raise ValidationError: the sentence of the rule
        """
        rosters = self._rosters()
        self.env.flush_all()
        with self.env.cr.savepoint(flush=False) as savepoint:
            self._carry_out()
            self.env.flush_all()
            savepoint.rollback()
        self.env.invalidate_all(flush=False)
        # sudo: bookkeeping of the change that was just asked for with rights
        self.sudo().roster_ids = rosters

    def _duties(self):
        """The duties that the change touches as they are now."""
        if self.kind != "leave":
            return self.assignment_id | self.other_assignment_id
        # sudo: one's own duties, or those of an agent whose leave a leader decides
        return (
            self.env["helpdesk.shift.assignment"]
            .sudo()
            .search(
                [
                    ("user_id", "=", self.user_id.id),
                    ("date", ">=", self.date),
                    ("date", "<=", self.last_date or self.date),
                ]
            )
        )

    def _rosters(self):
        """The rosters that the change touches."""
        rosters = self._duties().roster_id
        if self.shift_id and self.date and self.kind in ("move", "add"):
            rosters |= self.env["helpdesk.roster"].sudo()._of([(self.shift_id.site_id, self.date)])[0]
        return rosters

    # DECIDING

    def action_agree(self):
        """The colleague agrees to the swap."""
        for change in self:
            if not change.may_agree:
                raise AccessError(self.env._("The colleague whose duty is swapped agrees, nobody else."))
            if change.sudo()._asker_leads():
                change._after_leader()
            else:
                change.sudo()._move_on("leader")  # sudo: checked above

    def action_approve(self):
        """The leader agrees; a published roster goes on to Pusdatin."""
        for change in self:
            change._check_leader()
            # sudo: checked above
            change.sudo().write({"decided_by_id": self.env.uid, "decided_date": fields.Datetime.now()})
            change.sudo()._after_leader()

    def action_refuse(self, reason=False):
        """The colleague or the leader refuses.

        :param str reason: told to who asked
        """
        for change in self:
            if not change.may_agree:
                change._check_leader()
            change.sudo()._refuse(self.env.user, reason)  # sudo: checked above

    def action_withdraw(self):
        """Who asked takes it back."""
        for change in self:
            if not change.may_withdraw:
                raise AccessError(self.env._("Only who asked for a change can withdraw it, while it waits."))
            change.sudo()._move_on("withdrawn")  # sudo: checked above

    def _check_leader(self):
        if not self.may_decide:
            raise AccessError(self.env._("A team leader decides about this change, and not who asked for it."))

    def _after_leader(self):
        change = self.sudo()  # follows from what the leader decided
        if change.roster_ids.filtered(lambda one: one.state == "published"):
            change._move_on("pusdatin")
            change._tell_pusdatin()
        else:
            change._finish()

    def approve_as_pusdatin(self):
        """A viewer of Pusdatin approves: the change is carried out.

        :raise AccessError: not a viewer, or not of this site
        :raise ValidationError: a rule would be broken by now
        """
        change = self._for_pusdatin()
        change.write({"decided_by_id": self.env.uid, "decided_date": fields.Datetime.now()})
        change._finish()

    def refuse_as_pusdatin(self, reason):
        """A viewer of Pusdatin refuses.

        :param str reason: told to who asked
        :raise UserError: no reason
        """
        self._for_pusdatin()._refuse(self.env.user, reason)

    def _for_pusdatin(self):
        self.ensure_one()
        if not self.env.user.has_group(VIEWER_GROUP):
            raise AccessError(self.env._("Pusdatin approves changes of a published roster."))
        self.check_access("read")
        change = self.sudo()  # checked above
        change.lock_for_update()
        if change.state != "pusdatin":
            raise UserError(self.env._("This change waits for no approval any more."))
        return change

    def _refuse(self, user, reason):
        text = (reason or "").strip()
        if not text:
            raise UserError(self.env._("Say why it is refused."))
        self.write({"refusal": text, "decided_by_id": user.id, "decided_date": fields.Datetime.now()})
        self._move_on("refused")

    def _finish(self):
        self._carry_out()
        self._move_on("done")

    # CARRYING OUT

    def _carry_out(self):
        """Change the duties.

        :raise ValidationError: a rule of the roster would be broken
        """
        # sudo: asked for, and decided by those who may
        change = self.sudo().with_context(roster_change=APPROVED)
        getattr(change, f"_carry_out_{change.kind}")()

    def _carry_out_leave(self):
        self._duties().with_context(roster_change=APPROVED).unlink()

    def _carry_out_swap(self):
        duty, other = self.assignment_id, self.other_assignment_id
        first, second = duty.user_id, other.user_id
        # both at once: each alone might break a rule that the swap keeps
        duty.with_context(roster_rules=UNCHECKED).user_id = second
        other.user_id = first
        (duty | other)._check_rules()

    def _carry_out_replace(self):
        self.assignment_id.user_id = self.user_id

    def _carry_out_move(self):
        left = (self.assignment_id.shift_id, self.assignment_id.date)
        self.assignment_id.write({"shift_id": self.shift_id.id, "date": self.date})
        self._check_still_enough(*left)

    def _carry_out_add(self):
        uncovered = self.env["helpdesk.shift.assignment"].search(
            [("shift_id", "=", self.shift_id.id), ("date", "=", self.date), ("user_id", "=", False)], limit=1
        )
        if uncovered:
            uncovered.user_id = self.user_id
        else:
            uncovered.create({"shift_id": self.shift_id.id, "date": self.date, "user_id": self.user_id.id})

    def _carry_out_remove(self):
        left = (self.assignment_id.shift_id, self.assignment_id.date)
        self.assignment_id.unlink()
        self._check_still_enough(*left)

    def _check_still_enough(self, shift, day):
        """That a published shift keeps its fewest agents; illness is leave, and shows as uncovered."""
        duties = self.env["helpdesk.shift.assignment"]
        left = duties.search_count([("shift_id", "=", shift.id), ("date", "=", day), ("user_id", "!=", False)])
        if left < shift.minimum_agents:
            raise ValidationError(
                self.env._(
                    "%(shift)s on %(day)s would have %(count)s agents; the fewest are %(least)s. Name somebody else"
                    " instead.",
                    shift=shift.name,
                    day=duties._day(day),
                    count=left,
                    least=shift.minimum_agents,
                )
            )

    @api.model
    def _absences(self, agents, first, last):
        """Leave that was granted.

        :return: list of :class:`~..tools.roster.Absence`
        """
        # sudo: rules look at all leave, whoever plans
        leaves = self.sudo().search(
            [
                ("kind", "=", "leave"),
                ("state", "=", "done"),
                ("user_id", "in", agents.ids),
                ("date", "<=", last),
                "|",
                "&",
                ("last_date", "=", False),
                ("date", ">=", first),
                ("last_date", ">=", first),
            ]
        )
        return [roster.Absence(leave.user_id.id, leave.date, leave.last_date or leave.date) for leave in leaves]

    # TELLING

    def _move_on(self, state):
        """Record the new state in the ledger, and tell who has to act or asked."""
        change = self.sudo()
        change.state = state
        self.env["helpdesk.event"]._record(
            [
                {
                    "kind": "roster_change",
                    "site_id": change.site_id.id,
                    "target_user_id": change._concerned().id or change.user_id.id,
                    "data": {"change": change.id, "what": change.kind, "state": state},
                }
            ]
        )
        if state == "colleague":
            change._tell(change.other_assignment_id.user_id)
        elif state == "leader":
            change._tell(change._leaders())
        elif state in ("done", "refused"):
            change._tell(change.asked_by_id | change._concerned() | change.other_assignment_id.user_id)

    def _leaders(self):
        leaders = self.env["helpdesk.team"].search([("site_id", "=", self.site_id.id)]).user_id
        return leaders or self.env["res.users"].search(
            [("all_group_ids", "in", self.env.ref(LEADER_GROUP).ids), ("helpdesk_site_ids", "in", self.site_id.ids)]
        )

    def _tell_pusdatin(self):
        viewers = self.env["res.users"].search(
            [("all_group_ids", "in", self.env.ref(VIEWER_GROUP).ids), ("helpdesk_site_ids", "in", self.site_id.ids)]
        )
        self._tell(viewers, "/my/helpdesk/roster")

    def _tell(self, users, address=None):
        """One notice to each, in their language, by mail or in Odoo as they have it."""
        address = address or f"/odoo/helpdesk.roster.change/{self.id}"
        for user in users - self.env.user:
            change = self.with_context(lang=user.lang)
            state = dict(change._fields["state"]._description_selection(change.env))[change.state]
            line = change._describe()
            self.env["mail.thread"].with_context(lang=user.lang).message_notify(
                partner_ids=user.partner_id.ids,
                subject=change.env._("Roster: %s", state),
                body=Markup('<p><strong>%s</strong></p><p>%s</p><p>%s</p><p><a href="%s">%s</a></p>')
                % (state, line, change.refusal or change.reason, address, change.env._("Open")),
            )
