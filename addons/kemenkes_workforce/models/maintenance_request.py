from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

# The contract gives a day for repairing or replacing what an agent works with.
MENDED_WITHIN = timedelta(hours=24)
# Whoever mends is told this long before it is too late.
WARNED_BEFORE = timedelta(hours=4)


class MaintenanceRequest(models.Model):
    """A fault of an agent's equipment, with the clock of the contract: mended within 24 hours (R19).

    A request of Odoo's maintenance is such a fault when it names a site of the helpdesk; others are untouched.
    """

    _inherit = "maintenance.request"

    helpdesk_site_id = fields.Many2one(
        "helpdesk.site",
        "Site",
        index="btree_not_null",
        tracking=True,
        default=lambda self: self._default_helpdesk_site_id(),
    )
    helpdesk_seat_id = fields.Many2one(
        "helpdesk.seat",
        "Seat",
        index="btree_not_null",
        domain="[('site_id', '=', helpdesk_site_id)]",
        default=lambda self: self._default_helpdesk_seat_id(),
    )
    reported_date = fields.Datetime("Reported on", default=fields.Datetime.now, readonly=True, copy=False)
    due_date = fields.Datetime(
        "To be mended by", compute="_compute_due_date", store=True, help="24 hours after it was reported."
    )
    mended_date = fields.Datetime("Mended on", compute="_compute_mended_date", store=True, copy=False)
    outcome = fields.Selection(
        [("repaired", "Repaired"), ("replaced", "Replaced"), ("no_fault", "No fault found")],
        readonly=True,
        copy=False,
        tracking=True,
    )
    mending_hours = fields.Float(
        "Hours until mended", compute="_compute_mended", store=True, aggregator="avg", copy=False
    )
    in_time_percent = fields.Float(
        "Mended in time (%)",
        compute="_compute_mended",
        store=True,
        aggregator="avg",
        help="100 for a fault that was mended within 24 hours, else 0; as an average the share of them.",
    )
    fault_state = fields.Selection(
        [("open", "Open"), ("soon", "Due soon"), ("overdue", "Overdue"), ("in_time", "In time"), ("late", "Late")],
        "24 hours",
        compute="_compute_fault_state",
        search="_search_fault_state",
    )
    told_state = fields.Selection([("soon", "Due soon"), ("overdue", "Overdue")], readonly=True, copy=False)

    _due_date_idx = models.Index("(due_date) WHERE helpdesk_site_id IS NOT NULL AND mended_date IS NULL")

    @api.model
    def _default_helpdesk_site_id(self):
        """On the helpdesk's own screens a request is a fault at the reporter's site."""
        return self.env.user.helpdesk_site_ids[:1] if self.env.context.get("helpdesk_fault") else False

    @api.model
    def _default_helpdesk_seat_id(self):
        """Where the reporter sits now."""
        # sudo: one's own session
        return self.env.user.sudo()._work_session().seat_id if self.env.context.get("helpdesk_fault") else False

    # COMPUTES

    @api.depends("reported_date")
    def _compute_due_date(self):
        for fault in self:
            fault.due_date = fault.reported_date and fault.reported_date + MENDED_WITHIN

    @api.depends("stage_id.done")
    def _compute_mended_date(self):
        """A request that is opened again runs on from when it was reported."""
        now = self.env.cr.now()
        for fault in self:
            fault.mended_date = fault.stage_id.done and (fault.mended_date or now)

    @api.depends("mended_date", "reported_date", "due_date")
    def _compute_mended(self):
        for fault in self:
            if not fault.mended_date or not fault.reported_date:
                fault.mending_hours, fault.in_time_percent = 0, 0
                continue
            fault.mending_hours = (fault.mended_date - fault.reported_date).total_seconds() / 3600
            fault.in_time_percent = 100 if fault.mended_date <= fault.due_date else 0

    @api.depends("mended_date", "due_date", "helpdesk_site_id")
    def _compute_fault_state(self):
        now = self.env.cr.now()
        for fault in self:
            if not fault.helpdesk_site_id or not fault.due_date:
                fault.fault_state = False
            elif fault.mended_date:
                fault.fault_state = "in_time" if fault.mended_date <= fault.due_date else "late"
            elif fault.due_date <= now:
                fault.fault_state = "overdue"
            else:
                fault.fault_state = "soon" if fault.due_date - now <= WARNED_BEFORE else "open"

    @api.model
    def _search_fault_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        now = self.env.cr.now()
        soon = now + WARNED_BEFORE
        open_faults = Domain("helpdesk_site_id", "!=", False) & Domain("mended_date", "=", False)
        mended = Domain("helpdesk_site_id", "!=", False) & Domain("mended_date", "!=", False)
        by_state = {
            "open": open_faults & Domain("due_date", ">", soon),
            "soon": open_faults & Domain("due_date", ">", now) & Domain("due_date", "<=", soon),
            "overdue": open_faults & Domain("due_date", "<=", now),
            "in_time": mended & Domain("in_time_percent", "=", 100),
            "late": mended & Domain("in_time_percent", "=", 0),
            False: Domain("helpdesk_site_id", "=", False),
        }
        return Domain.OR(by_state[state] for state in value)

    # ACTIONS

    def action_repaired(self):
        """The equipment works again."""
        return self._finish("repaired")

    def action_replaced(self):
        """The agent has got another one."""
        return self._finish("replaced")

    def action_no_fault(self):
        """It works as it should."""
        return self._finish("no_fault")

    def _finish(self, outcome):
        """:raise UserError: one is finished already"""
        if any(fault.stage_id.done for fault in self):
            raise UserError(self.env._("This fault is finished already."))
        done = self.env["maintenance.stage"].search([("done", "=", True)], limit=1)
        self.write({"outcome": outcome, "stage_id": done.id})
        return True

    # WARNING

    @api.model
    def _cron_warn(self):
        """Tell whoever mends, and admin support, of faults that are due soon, and again when they are overdue."""
        urgent = self.search([("fault_state", "in", ("soon", "overdue"))], order="due_date")
        untold = urgent.filtered(lambda fault: fault.told_state != fault.fault_state)
        for state, faults in untold.grouped("fault_state").items():
            faults.told_state = state
        for user, faults in untold._by_receiver().items():
            in_language = faults.with_context(lang=user.lang)
            user._notify_in_one(
                self.env(context={"lang": user.lang})._("Equipment to be mended within 24 hours"),
                [fault._warning_line(user) for fault in in_language],
            )

    def _by_receiver(self):
        support = self.env.ref("kemenkes_helpdesk.group_admin_support").user_ids.filtered("active")
        receivers = {}
        for fault in self:
            for user in support | fault.user_id:
                receivers[user] = receivers.get(user, self.browse()) | fault
        return receivers

    def _warning_line(self, user):
        due = fields.Datetime.context_timestamp(self.with_context(tz=user.tz or "Asia/Jakarta"), self.due_date)
        values = {"fault": self.name, "site": self.helpdesk_site_id.name, "due": f"{due:%d/%m/%Y %H:%M}"}
        if self.fault_state == "overdue":
            return self.env._("%(fault)s (%(site)s) is overdue since %(due)s", **values)
        return self.env._("%(fault)s (%(site)s) is due at %(due)s", **values)
