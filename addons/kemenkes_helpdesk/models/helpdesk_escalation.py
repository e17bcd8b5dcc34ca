from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from .helpdesk_team import TIERS

OPEN_STATES = ("waiting", "accepted")
# What the next tier writes to the agents; the customer never sees it.
COMMENT_SUBTYPE = "kemenkes_helpdesk.mt_client_comment"


class HelpdeskEscalation(models.Model):
    """One hand-over of a ticket to the next tier, and what came of it.

    A ticket that goes L1 → L2 → L3 has two open hand-overs; only the newest, that of the team that holds the ticket,
    can be accepted or returned.
    """

    _name = "helpdesk.escalation"
    _description = "Ticket Escalation"
    _order = "id desc"
    _rec_name = "ticket_id"

    ticket_id = fields.Many2one("helpdesk.ticket", required=True, readonly=True, index=True, ondelete="cascade")
    ticket_name = fields.Char(related="ticket_id.name", string="Subject")
    ticket_priority = fields.Selection(related="ticket_id.priority")
    product_id = fields.Many2one(related="ticket_id.product_id")
    category_id = fields.Many2one(related="ticket_id.category_id")
    from_team_id = fields.Many2one("helpdesk.team", readonly=True)
    to_team_id = fields.Many2one("helpdesk.team", required=True, readonly=True)
    from_tier = fields.Selection(TIERS, readonly=True)
    to_tier = fields.Selection(TIERS, readonly=True)
    from_user_id = fields.Many2one("res.users", "Handed over by", readonly=True, index="btree_not_null")
    to_user_id = fields.Many2one("res.users", "Accepted by", readonly=True)
    reason_id = fields.Many2one("helpdesk.escalation.reason", "Kind of reason", readonly=True, ondelete="restrict")
    reason = fields.Text(required=True, readonly=True)
    return_reason = fields.Text(readonly=True)
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("accepted", "Accepted"),
            ("returned", "Returned"),
            ("withdrawn", "Taken back"),
            ("done", "Done"),
        ],
        required=True,
        default="waiting",
        readonly=True,
    )
    escalated_date = fields.Datetime(required=True, readonly=True, default=lambda _self: fields.Datetime.now())
    accepted_date = fields.Datetime(readonly=True)
    ended_date = fields.Datetime(readonly=True)
    notified_date = fields.Datetime(readonly=True, help="When the receiving team was told by message.")
    waiting_seconds = fields.Integer(
        "Waited", compute="_compute_seconds", help="Seconds from the hand-over until somebody took it up."
    )
    total_seconds = fields.Integer(
        "Duration", compute="_compute_seconds", help="Seconds from the hand-over until it was returned or done."
    )
    can_receive = fields.Boolean(compute="_compute_can_receive")

    _open_idx = models.Index("(to_team_id, state) WHERE state IN ('waiting', 'accepted')")
    _unnotified_idx = models.Index("(to_team_id) WHERE state = 'waiting' AND notified_date IS NULL")
    _escalated_date_idx = models.Index("(escalated_date)")

    # COMPUTES

    @api.depends("escalated_date", "accepted_date", "ended_date")
    def _compute_seconds(self):
        now = fields.Datetime.now()
        for escalation in self:
            start = escalation.escalated_date or now
            end = escalation.ended_date or now
            escalation.waiting_seconds = ((escalation.accepted_date or end) - start).total_seconds()
            escalation.total_seconds = (end - start).total_seconds()

    @api.depends("to_team_id", "state")
    @api.depends_context("uid")
    def _compute_can_receive(self):
        for escalation in self:
            escalation.can_receive = escalation.state in OPEN_STATES and escalation._is_receiver(self.env.user)

    # ACTIONS OF THE RECEIVING TEAM

    def accept(self):
        """Take up hand-overs: their tickets are assigned to the account that calls.

        Members of the receiving team may, also those without a seat (Pusdatin viewers), its leader, and supervisors.

        :return: ``self``
        :raise AccessError: the account is none of these, or may not see a ticket
        :raise UserError: somebody else was faster, or the hand-over has ended
        """
        receiving = self._for_receiver()
        for escalation in receiving:
            if escalation.state == "accepted":
                raise UserError(
                    self.env._(
                        "%(user)s has already accepted %(ticket)s.",
                        user=escalation.to_user_id.name,
                        ticket=escalation.ticket_id.ticket_ref,
                    )
                )
        receiving._set_accepted(self.env.user)
        tickets = receiving.ticket_id
        tickets.write({"user_id": self.env.uid, "stage_id": tickets._stage_of("open").id})
        receiving._show_waiting()
        return self

    def return_back(self, reason):
        """Give tickets back to the team and agent they came from.

        :param str reason: why, for the team that gets the ticket back
        :return: ``self``
        :raise AccessError: as in :meth:`accept`
        :raise UserError: no reason, or the hand-over has ended
        """
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why the ticket is returned."))
        receiving = self._for_receiver()
        receiving.write({"state": "returned", "return_reason": reason, "ended_date": fields.Datetime.now()})
        receiving._hand_back()
        receiving._log("escalation_returned")
        receiving._note_in_threads(
            lambda one: self.env._("Returned to %(team)s: %(reason)s", team=one.from_team_id.name, reason=reason)
        )
        receiving._tell_sender(self.env._("Returned from escalation"))
        receiving._show_waiting()
        return self

    def action_accept(self):
        """Accept from a list or form; one ticket opens at once.

        :return: an action, or False for several tickets
        """
        self.accept()
        return self.action_open_ticket() if len(self) == 1 else False

    def action_open_ticket(self):
        """Open the ticket of a hand-over.

        :return: an action
        """
        self.ensure_one()
        return self.ticket_id._action_open()

    @api.model
    def get_waiting_counts(self):
        """How many hand-overs wait in each team of the calling account.

        :return: ``{helpdesk.team id as text: count}``; teams in which nothing waits are left out
        """
        # sudo: a member may know how many hand-overs wait for the own team
        groups = self.sudo()._read_group(
            [*self._waiting_domain(), ("to_team_id.member_ids", "in", self.env.uid)], ["to_team_id"], ["__count"]
        )
        return {str(team.id): count for team, count in groups}

    # STEPS

    @api.model
    def _waiting_domain(self):
        return Domain("state", "=", "waiting")

    def _for_receiver(self):
        """``self`` in sudo, when the account may decide on each hand-over and each is still open and the newest."""
        self.ticket_id.check_access("read")
        # sudo: the receiving team decides, whatever its members may write elsewhere; checked right here
        receiving = self.sudo()
        if not all(escalation._is_receiver(self.env.user) for escalation in receiving):
            raise AccessError(self.env._("Only the receiving team may accept or return an escalation."))
        for escalation in receiving:
            if escalation not in escalation.ticket_id._current_escalations():
                raise UserError(
                    self.env._(
                        "The escalation of %s has ended, or was passed on to the next tier.",
                        escalation.ticket_id.ticket_ref,
                    )
                )
        return receiving

    def _is_receiver(self, user):
        # sudo: who is a member of a team is no secret
        team = self.sudo().to_team_id
        return user in team.member_ids | team.user_id or user.has_group("kemenkes_helpdesk.group_supervisor")

    def _hand_back(self):
        """The tickets go to the team and agent they came from."""
        for (team, user), returned in self.grouped(lambda one: (one.from_team_id, one._returns_to())).items():
            returned.ticket_id.write(
                {"team_id": team.id, "user_id": user.id, "stage_id": returned.ticket_id._stage_of("open").id}
            )

    def _returns_to(self):
        """The agent who handed over, unless the account was closed since."""
        return self.from_user_id.filtered("active")

    def _set_accepted(self, user):
        self.write({"state": "accepted", "to_user_id": user.id, "accepted_date": fields.Datetime.now()})
        self._log("escalation_accepted")

    def _log(self, kind):
        now = fields.Datetime.now()
        self.env["helpdesk.event"]._record(
            [
                {
                    "kind": kind,
                    "ticket_id": escalation.ticket_id.id,
                    "data": {
                        "escalation": escalation.id,
                        "from_team": escalation.from_team_id.id,
                        "to_team": escalation.to_team_id.id,
                        "from_tier": int(escalation.from_tier),
                        "to_tier": int(escalation.to_tier),
                        "seconds": int((now - escalation.escalated_date).total_seconds()),
                    },
                }
                for escalation in self
            ]
        )

    # NOTICES

    def _note_in_threads(self, describe):
        """Internal notes beside the conversation; the customer never sees them."""
        self.ticket_id._message_log_batch({escalation.ticket_id.id: describe(escalation) for escalation in self})

    def _tell_sender(self, title):
        for user, returned in self.filtered("from_user_id").grouped("from_user_id").items():
            user._bus_send(
                "simple_notification",
                {
                    "type": "warning",
                    "sticky": True,
                    "title": title,
                    "message": ", ".join(returned.ticket_id.mapped("ticket_ref")),
                },
            )

    def _tell_receivers(self):
        """One short notice to each member for the whole batch, where the team wants it."""
        for team, received in self.grouped("to_team_id").items():
            if team.escalation_notice == "silent":
                continue
            team.member_ids._admitted()._bus_send(
                "simple_notification",
                {
                    "type": "info",
                    "title": self.env._("%s escalated to your team", len(received)),
                    "message": ", ".join(received[:10].ticket_id.mapped("ticket_ref")),
                },
            )

    def _show_waiting(self):
        """Tell the screens of the receiving teams how many hand-overs wait there now."""
        teams = self.to_team_id
        domain = self._waiting_domain() & Domain("to_team_id", "in", teams.ids)
        counts = dict(self._read_group(domain, ["to_team_id"], ["__count"]))
        for team in teams:
            members = team.member_ids._admitted()
            members._bus_send("helpdesk.escalation/waiting", {"team_id": team.id, "count": counts.get(team, 0)})

    @api.model
    def _cron_notify(self):
        """One message to a team for all that was handed over since the last one, where the team wants messages."""
        waiting = self.search(
            self._waiting_domain()
            & Domain("notified_date", "=", False)
            & Domain("to_team_id.escalation_notice", "=", "message")
        )
        by_team = waiting.grouped("to_team_id")
        self.env["ir.cron"]._commit_progress(remaining=len(by_team))
        for team, received in by_team.items():
            team.message_notify(
                partner_ids=team.member_ids.partner_id.ids,
                subject=self.env._("%s tickets were escalated to your team", len(received)),
                body=self.env._(
                    "Waiting in the escalation inbox: %s", ", ".join(received.ticket_id.mapped("ticket_ref"))
                ),
            )
            received.notified_date = fields.Datetime.now()
            if not self.env["ir.cron"]._commit_progress(1):
                return
