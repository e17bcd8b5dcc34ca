from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .helpdesk_escalation import OPEN_STATES
from .helpdesk_stage import DONE_KINDS
from .helpdesk_team import TIERS


class HelpdeskTicket(models.Model):
    """Hand-over to the next tier and back; the customer keeps one conversation and hears nothing of it."""

    _inherit = "helpdesk.ticket"

    escalation_team_ids = fields.Many2many("helpdesk.team", compute="_compute_escalation_team_ids")
    current_escalation_id = fields.Many2one("helpdesk.escalation", compute="_compute_current_escalation")
    escalation_state = fields.Char("State of the escalation", compute="_compute_current_escalation")
    can_receive_escalation = fields.Boolean(compute="_compute_current_escalation")
    tier_1_seconds = fields.Integer("Time in L1", compute="_compute_tier_seconds")
    tier_2_seconds = fields.Integer("Time in L2", compute="_compute_tier_seconds")
    tier_3_seconds = fields.Integer("Time in L3", compute="_compute_tier_seconds")

    # COMPUTES

    @api.depends("team_id.escalation_team_ids", "product_id.escalation_team_id", "tier")
    def _compute_escalation_team_ids(self):
        """Teams that a ticket may be escalated to: those of its team and product; any, where its team names none."""
        teams = self.env["helpdesk.team"].search([("tier", "!=", TIERS[0][0])])
        for ticket in self:
            named = ticket.team_id.escalation_team_ids
            allowed = named | ticket.product_id.escalation_team_id if named else teams
            ticket.escalation_team_ids = allowed.filtered(lambda team, ticket=ticket: team.tier > (ticket.tier or ""))

    @api.depends("team_id", "stage_id")
    def _compute_tier_seconds(self):
        """How long a ticket was open in each tier, in seconds of the clock on the wall, from the ledger."""
        seconds = self._seconds_by_tier()
        for ticket in self:
            for tier, _label in TIERS:
                ticket[f"tier_{tier}_seconds"] = seconds.get((ticket._origin.id, int(tier)), 0)

    @api.depends("escalation_ids.state")
    @api.depends_context("uid")
    def _compute_current_escalation(self):
        current = {escalation.ticket_id: escalation for escalation in self._origin._current_escalations().sudo(False)}
        for ticket in self:
            escalation = current.get(ticket._origin, self.env["helpdesk.escalation"])
            ticket.current_escalation_id = escalation
            ticket.escalation_state = escalation.state
            ticket.can_receive_escalation = escalation.can_receive

    def _seconds_by_tier(self):
        """``{(ticket id, tier): seconds}``: the time from each row of a ticket's ledger to the next belongs to the tier
        that the row was written in; none passes while the ticket is solved, closed or merged."""
        if not self._origin.ids:
            return {}
        now = fields.Datetime.now()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT chain, tier, SUM(EXTRACT(EPOCH FROM until - date))::bigint
                  FROM (SELECT chain, tier, stage_kind, date,
                               COALESCE(LEAD(date) OVER (PARTITION BY chain ORDER BY sequence), %(now)s) AS until
                          FROM helpdesk_event
                         WHERE chain IN %(chains)s
                           AND kind IN ('created', 'tier_changed', 'solved', 'closed', 'reopened', 'merged', 'unmerged')
                       ) AS step
                 WHERE stage_kind NOT IN %(done)s
              GROUP BY chain, tier
                """,
                now=now,
                chains=tuple(self._origin.ids),
                done=DONE_KINDS,
            )
        )
        return {(chain, tier): seconds for chain, tier, seconds in rows}

    # ACTIONS

    def escalate(self, team, reason, kind=None):
        """Hand tickets to a team of a higher tier; several at once make one notice to that team.

        :param team: ``helpdesk.team``, one record
        :param str reason: why, for the receiving team
        :param kind: ``helpdesk.escalation.reason``, by which reports count
        :return: the ``helpdesk.escalation`` records, one for each ticket, in the order of ``self``
        :raise UserError: no reason, a ticket that is merged or done, or a team that it can't go to
        """
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why the ticket is escalated."))
        self.check_access("write")
        for ticket in self:
            ticket._check_escalation(team)
        self._pass_on()
        # sudo: hand-overs are written by the system only; who may write the ticket may hand it over
        escalations = (
            self.env["helpdesk.escalation"]
            .sudo()
            .create([ticket._prepare_escalation(team, reason, kind) for ticket in self])
        )
        self.write({"team_id": team.id, "user_id": False, "stage_id": self._stage_of("waiting_internal").id})
        escalations._log("escalated")
        escalations._note_in_threads(
            lambda _escalation: self.env._("Escalated to %(team)s: %(reason)s", team=team.name, reason=reason)
        )
        escalations._tell_receivers()
        escalations._show_waiting()
        return escalations.sudo(False)

    def action_accept_escalation(self):
        """Accept the open escalation of the ticket on the screen.

        :raise UserError: as :meth:`helpdesk.escalation.accept`
        """
        self.current_escalation_id.accept()

    def _prepare_escalation(self, team, reason, kind):
        return {
            "ticket_id": self.id,
            "from_team_id": self.team_id.id,
            "to_team_id": team.id,
            "from_tier": self.tier,
            "to_tier": team.tier,
            "from_user_id": self.user_id.id or self.env.uid,
            "reason_id": kind.id if kind else False,
            "reason": reason,
        }

    def _check_escalation(self, team):
        if self.merged_into_id:
            raise UserError(
                self.env._(
                    "%(ticket)s was merged into %(survivor)s: escalate that one.",
                    ticket=self.ticket_ref,
                    survivor=self._survivor().sudo().ticket_ref,
                )
            )
        if self.stage_kind in DONE_KINDS:
            raise UserError(self.env._("%s is done. Reopen it before you escalate it.", self.ticket_ref))
        if team == self.team_id:
            raise UserError(self.env._("%(ticket)s is with %(team)s already.", ticket=self.ticket_ref, team=team.name))
        if team.tier <= self.tier:
            raise UserError(
                self.env._("%(team)s is not of a higher tier than %(ticket)s.", team=team.name, ticket=self.ticket_ref)
            )
        if team not in self.escalation_team_ids:
            raise UserError(
                self.env._("%(from_team)s does not escalate to %(team)s.", from_team=self.team_id.name, team=team.name)
            )

    def _stage_of(self, kind):
        return self.env["helpdesk.stage"]._get_by_kind(kind)

    # WHAT BECOMES OF OPEN HAND-OVERS

    def _open_escalations(self):
        # sudo: what follows from a change of the ticket follows whoever made it
        return (
            self.env["helpdesk.escalation"].sudo().search([("ticket_id", "in", self.ids), ("state", "in", OPEN_STATES)])
        )

    def _current_escalations(self):
        """The newest open hand-over of each ticket: the one its team may decide on."""
        newest = {}
        for escalation in self._open_escalations().sorted("id"):
            newest[escalation.ticket_id] = escalation
        return self.env["helpdesk.escalation"].union(*newest.values())

    def _pass_on(self):
        """Who hands a ticket on to the next tier has taken it up."""
        waiting = self._open_escalations().filtered(lambda escalation: escalation.state == "waiting")
        if waiting:
            waiting._set_accepted(self.env.user)
            waiting._show_waiting()

    def write(self, vals):
        result = super().write(vals)
        if "stage_id" in vals:
            self._finish_escalations()
        if "team_id" in vals:
            self._follow_team()
        return result

    def _finish_escalations(self):
        done = self.filtered(lambda ticket: ticket.stage_kind in DONE_KINDS)._open_escalations()
        if done:
            done.write({"state": "done", "ended_date": fields.Datetime.now()})
            done._show_waiting()

    def _follow_team(self):
        """A ticket that somebody moves by hand takes its hand-over along, or back."""
        strayed = self._open_escalations().filtered(
            lambda escalation: (
                escalation.to_tier >= escalation.ticket_id.tier
                and escalation.to_team_id != escalation.ticket_id.team_id
            )
        )
        if not strayed:
            return
        strayed._show_waiting()
        withdrawn = strayed.filtered(lambda escalation: escalation.to_tier > escalation.ticket_id.tier)
        withdrawn.write({"state": "withdrawn", "ended_date": fields.Datetime.now()})
        for team, moved in (strayed - withdrawn).grouped(lambda escalation: escalation.ticket_id.team_id).items():
            moved.to_team_id = team
        strayed._show_waiting()
