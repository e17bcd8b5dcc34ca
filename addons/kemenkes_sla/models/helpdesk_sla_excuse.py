from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.kemenkes_helpdesk.personal_fields import PersonalChar, PersonalText

REASONS = [
    ("outside_service", "Outage of an outside service"),
    ("client", "Waited for the ministry"),
    ("customer", "Customer could not be reached"),
    ("force_majeure", "Disaster or power cut"),
    ("mistake", "Clock or ticket was wrong"),
    ("other", "Other"),
]


class HelpdeskSlaExcuse(models.Model):
    """A breach that shall not count against the provider: asked for with a reason, granted by somebody else."""

    _name = "helpdesk.sla.excuse"
    _inherit = ["helpdesk.personal.mixin"]
    _description = "Excused SLA Breach"
    _order = "id desc"
    _rec_name = "status_id"

    status_id = fields.Many2one(
        "helpdesk.sla.status", "Clock", required=True, readonly=True, ondelete="cascade", index=True
    )
    ticket_id = fields.Many2one(related="status_id.ticket_id", store=True, index=True)
    ticket_ref = fields.Char(related="ticket_id.ticket_ref")
    ticket_name = PersonalChar(related="ticket_id.name", string="Subject")
    sla_id = fields.Many2one(related="status_id.sla_id", store=True)
    late_seconds = fields.Integer(related="status_id.late_seconds", string="Late by")
    result_date = fields.Datetime(related="status_id.result_date", string="Breached on", store=True)
    reason = fields.Selection(REASONS, required=True, readonly=True)
    note = PersonalText("Explanation", required=True, readonly=True)
    state = fields.Selection(
        [("asked", "To be decided"), ("approved", "Excused"), ("refused", "Refused"), ("withdrawn", "Withdrawn")],
        required=True,
        readonly=True,
        default="asked",
        index=True,
    )
    user_id = fields.Many2one("res.users", "Asked by", required=True, readonly=True)
    decided_by_id = fields.Many2one("res.users", "Decided by", readonly=True)
    decided_date = fields.Datetime("Decided on", readonly=True)

    _one_for_each_clock = models.UniqueIndex(
        "(status_id) WHERE state IN ('asked', 'approved')", "This breach has an excuse already."
    )

    @api.model
    def _ask(self, statuses, reason, note):
        """Ask for the excuse of breaches; those that have one already keep it.

        :param statuses: ``helpdesk.sla.status``, breached
        :param str reason: a key of REASONS
        :param str note: what happened, for who decides and for the statement
        :return: the new excuses
        :raise UserError: a clock is not breached
        """
        statuses = statuses.with_env(self.env)
        statuses.check_access("read")
        if fine := statuses.filtered(lambda status: status.state != "failed"):
            raise UserError(self.env._("%s is not breached: there is nothing to excuse.", fine[0].ticket_id.ticket_ref))
        # sudo: excuses are written by these methods only; the clocks may be read, as checked
        excuses = self.sudo()
        known = excuses.search([("status_id", "in", statuses.ids), ("state", "in", ("asked", "approved"))]).status_id
        made = excuses.create(
            [
                {"status_id": status.id, "reason": reason, "note": note, "user_id": self.env.uid}
                for status in statuses - known.sudo(False)
            ]
        )
        made._log("sla_excuse_asked")
        return made.sudo(False)

    # DECIDING

    def action_approve(self):
        """Let the breaches not count."""
        self._decide("asked", "approved", "sla_excused")

    def action_refuse(self):
        """Let the breaches count."""
        self._decide("asked", "refused", "sla_excuse_refused")

    def action_reopen(self):
        """Undo a decision: the excuses wait for one again."""
        self._check_decider()
        decided = self.filtered(lambda excuse: excuse.state in ("approved", "refused")).sudo()  # checked above
        decided.write({"state": "asked", "decided_by_id": False, "decided_date": False})
        decided._log("sla_excuse_asked")

    def action_withdraw(self):
        """Take back what was asked for, by who asked."""
        if self.filtered(lambda excuse: excuse.user_id != self.env.user):
            raise AccessError(self.env._("Only who asked for an excuse can withdraw it."))
        asked = self.filtered(lambda excuse: excuse.state == "asked").sudo()  # their own, as checked
        asked.state = "withdrawn"
        asked._log("sla_excuse_withdrawn")

    def _decide(self, from_state, state, kind):
        self._check_decider()
        waiting = self.filtered(lambda excuse: excuse.state == from_state).sudo()  # checked by role
        if own := waiting.filtered(lambda excuse: excuse.user_id == self.env.user):
            raise UserError(
                self.env._("You asked for the excuse of %s yourself: somebody else decides.", own[0].ticket_ref)
            )
        waiting.write({"state": state, "decided_by_id": self.env.uid, "decided_date": fields.Datetime.now()})
        waiting._log(kind)

    def _check_decider(self):
        self.check_access("read")
        if not self.env.user.has_group("kemenkes_helpdesk.group_operation_manager"):
            raise AccessError(self.env._("An operation manager decides about excuses."))

    def _log(self, kind):
        self.env["helpdesk.event"]._record(
            [
                {
                    "kind": kind,
                    "ticket_id": excuse.ticket_id.id,
                    "data": {"sla": excuse.sla_id.id, "target": excuse.status_id.target, "reason": excuse.reason},
                }
                for excuse in self
            ]
        )

    def action_open_ticket(self):
        """Open the ticket.

        :return: an action
        """
        self.ensure_one()
        return self.status_id.action_open_ticket()
