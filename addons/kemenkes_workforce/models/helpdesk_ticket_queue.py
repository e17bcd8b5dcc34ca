from odoo import api, fields, models
from odoo.tools.sql import column_exists, create_column

# While the customer is the one to act, a ticket takes nobody's time.
WAITING_KINDS = ("new", "open", "waiting_internal")


class HelpdeskTicket(models.Model):
    """Waiting for an agent."""

    _inherit = "helpdesk.ticket"

    queue_date = fields.Datetime(
        "In the queue since",
        compute="_compute_queue_date",
        store=True,
        precompute=True,
        copy=False,
        help="Since when the ticket has been waiting for an agent; empty when it has one, or needs none.",
    )
    offer_ids = fields.One2many("helpdesk.offer", "ticket_id", "Offers")

    _queue_idx = models.Index("(team_id, queue_date) WHERE queue_date IS NOT NULL")

    def _auto_init(self):
        """Tickets that are there already have waited since they came; told in one statement, whatever their number."""
        if not column_exists(self.env.cr, self._table, "queue_date"):
            create_column(self.env.cr, self._table, "queue_date", "timestamp")
            self.env.cr.execute(
                """
                UPDATE helpdesk_ticket SET queue_date = create_date
                 WHERE active AND user_id IS NULL AND parent_id IS NULL AND stage_kind = ANY(%s)
                """,
                [list(WAITING_KINDS)],
            )
        return super()._auto_init()

    @api.depends("user_id", "parent_id", "stage_kind", "active", "holder")
    def _compute_queue_date(self):
        """Who moves to another team has waited all the same; what a bot answers waits for nobody."""
        now = fields.Datetime.now()
        for ticket in self:
            needs_agent = ticket.active and not ticket.user_id and not ticket.parent_id and ticket.holder == "people"
            waits = needs_agent and ticket.stage_kind in WAITING_KINDS
            ticket.queue_date = (ticket.queue_date or now) if waits else False

    def _ask_for_agent(self):
        """The distribution is at it as soon as this transaction is committed; chats and tickets share one capacity.

        :return: ``res.users``, the agent who has the ticket already, or none: the ledger's ``assigned`` tells
        """
        self.ensure_one()
        if self.team_id.distribution_rule == "manual":
            return super()._ask_for_agent()
        self.env["helpdesk.distribution"]._wake()
        return self.user_id

    def action_explain_distribution(self):
        """Why this agent? Every decision about the ticket, in words, from the ledger.

        :return: an action
        """
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Why this agent?"),
            "res_model": "helpdesk.distribution.explanation",
            "view_mode": "form",
            "target": "new",
            "context": {"default_ticket_id": self.id},
        }
