import logging

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL, date_utils

_logger = logging.getLogger(__name__)

# Tickets of one step: each is a transaction that is over in a second or two.
STEP_TICKETS = 2000
STATES = [("queued", "Waiting"), ("running", "Being counted"), ("done", "Done"), ("failed", "Failed")]
UNDER_WAY = ("queued", "running")
# Tells whoever ordered it, on the bus, that the list shows an older state.
MOVED = "helpdesk.kpi.rebuild/moved"


class HelpdeskKpiRebuild(models.Model):
    """An order to count all figures anew: after a restore, or when calendars and settings changed that they follow.

    The job that keeps figures up carries it out in between, in steps that are committed one by one: first all tickets,
    some thousands at a time, then each month's days from what the tickets add. Every step leaves whole figures, so
    whoever reads meanwhile sees each day as it was or as it is counted now, never a part of it; what happens meanwhile
    is counted as ever, and a server that stops goes on where it was.
    """

    _name = "helpdesk.kpi.rebuild"
    _description = "Counting of All Figures Anew"
    _order = "id desc"
    _rec_name = "create_date"

    user_id = fields.Many2one(
        "res.users", "Ordered by", required=True, readonly=True, index=True, ondelete="restrict",
        default=lambda self: self.env.user,
    )  # fmt: skip
    has_ticket_times = fields.Boolean(
        "Times of tickets too",
        readonly=True,
        help="Working time of each ticket is counted by the calendars and settings of today before.",
    )
    state = fields.Selection(STATES, required=True, readonly=True, default="queued")
    last_ticket = fields.Integer("Last ticket", readonly=True, aggregator=None)
    first_day = fields.Date(readonly=True)
    step_count = fields.Integer("Steps", readonly=True, aggregator=None)
    step_done = fields.Integer("Steps done", readonly=True, aggregator=None)
    progress = fields.Float("Progress (%)", compute="_compute_progress")
    done_date = fields.Datetime("Ended", readonly=True)

    _under_way_unique = models.UniqueIndex(
        "((state IN ('queued', 'running'))) WHERE state IN ('queued', 'running')",
        "Figures are being counted anew already: wait until that is done.",
    )

    @api.depends("step_count", "step_done", "state")
    def _compute_progress(self):
        for order in self:
            order.progress = 100 * order.step_done / order.step_count if order.step_count else 0

    # ORDERING

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            vals_list = [{**vals, "user_id": self.env.uid} for vals in vals_list]
        orders = super().create(vals_list)
        # sudo: administrators order, the job counts
        self.env.ref("kemenkes_dashboard.ir_cron_kpi").sudo()._trigger()
        return orders

    def action_order(self):
        """Order a counting, from the list's button; the times of tickets before it with ``has_ticket_times`` in the
        context.

        :return: an action that shows the order in the list
        :raise AccessError: not an administrator
        """
        if not self.browse().has_access("create"):
            raise AccessError(self.env._("Only administrators have figures counted anew."))
        self.create({"has_ticket_times": bool(self.env.context.get("has_ticket_times"))})
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    # CARRYING OUT

    @api.model
    def _go_on(self):
        """Do the next step of what was ordered, in this transaction.

        :return: how many steps are left; 0: nothing is ordered
        """
        order = self.search([("state", "in", UNDER_WAY)], limit=1)
        if not order:
            return 0
        try:
            with self.env.cr.savepoint():
                order._do_next_step()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            # somebody wrote one of the tickets: the step is done again in the next transaction
            self.env.invalidate_all(flush=False)
        except Exception:
            _logger.exception("Figures can't be counted anew (order %s).", order.id)
            self.env.invalidate_all(flush=False)
            order._end("failed")
        order.user_id._bus_send(MOVED, {})
        return max(order.step_count - order.step_done, 1) if order.state in UNDER_WAY else 0

    def _do_next_step(self):
        if self.state == "queued":
            self._begin()
        slices = self._count_slices()
        if self.step_done < slices:
            self._count_slice(self.step_done)
        else:
            self._sum_month(self.step_done - slices)
        self.step_done += 1
        if self.step_done >= self.step_count:
            self._end("done")

    def _begin(self):
        kpi = self.env["helpdesk.kpi"]
        self.last_ticket = kpi._last_ticket()
        first, last = kpi._days_counted()
        self.first_day = date_utils.start_of(first, "month")
        months = relativedelta(last, self.first_day)
        self.step_count = self._count_slices() + 12 * months.years + months.months + 1
        self.state = "running"

    def _count_slices(self):
        return -(-self.last_ticket // STEP_TICKETS)

    def _count_slice(self, number):
        first = number * STEP_TICKETS + 1
        last = first + STEP_TICKETS - 1
        if self.has_ticket_times:
            tickets = self.env["helpdesk.ticket"].with_context(active_test=False)
            tickets.search([("id", ">=", first), ("id", "<=", last)])._rebuild_figures()
        self.env["helpdesk.kpi"]._count_where(SQL("BETWEEN %s AND %s", first, last))

    def _sum_month(self, number):
        first = self.first_day + relativedelta(months=number)
        self.env["helpdesk.kpi"]._sum_days(first, date_utils.end_of(first, "month"))

    def _end(self, state):
        self.write({"state": state, "done_date": fields.Datetime.now()})
        order = self.with_context(lang=self.user_id.lang)
        words = {
            "done": order.env._("All figures have been counted anew."),
            "failed": order.env._("Figures could not be counted anew. The cause is in the server's log."),
        }
        look = "success" if state == "done" else "warning"
        self.user_id._notify_in_one(order.env._("Figures of the dashboards"), [words[state]], look)
