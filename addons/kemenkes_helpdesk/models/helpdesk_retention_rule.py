from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .helpdesk_stage import DONE_KINDS

BATCH = 50


class HelpdeskRetentionRule(models.Model):
    """How long the data of customers is kept who have nothing open; each night those beyond it are erased.

    A rule is off until an administrator switches it on: there is no way back from what it does.
    """

    _name = "helpdesk.retention.rule"
    _description = "Retention Rule"
    _inherit = ["mail.thread"]
    _order = "sequence, name"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    is_on = fields.Boolean("Erases each night", tracking=True, copy=False)
    months = fields.Integer(
        "Kept for (months)", required=True, default=24, tracking=True, help="After the customer's last ticket moved."
    )
    product_ids = fields.Many2many(
        "helpdesk.product",
        string="Products",
        help="Only customers all of whose tickets are about these. Empty: customers of every product.",
    )
    due_count = fields.Integer(
        "Beyond it", readonly=True, copy=False, help="Counted each night: it goes through all tickets."
    )
    last_run_date = fields.Datetime("Last run", readonly=True, copy=False)
    erased_count = fields.Integer("Erased so far", readonly=True, copy=False)

    _months_positive = models.Constraint("CHECK(months >= 1)", "Data is kept for a month at least.")

    def action_open_due(self):
        """The customers that the rule erases in the coming night, found now.

        :return: an action
        """
        self.ensure_one()
        due = self._due_customers()
        # sudo: who reads the rule sees the figure that was found, nothing else changes
        self.sudo().due_count = len(due)
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "res.partner",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", due.ids)],
            "context": {"active_test": False},
        }

    def _due_customers(self, among=None):
        """Customers with tickets, all closed, none of which has moved for so long; not those whose data is to be kept.

        :param among: ``res.partner`` to look at; all where None
        :return: ``res.partner`` in sudo
        """
        self.ensure_one()
        self.env["helpdesk.ticket"].flush_model()
        self.env["res.partner"].flush_model()
        before = fields.Datetime.now() - relativedelta(months=self.months)
        products = SQL("AND bool_and(ticket.product_id = ANY(%s))", self.product_ids.ids) if self.product_ids else SQL()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT ticket.partner_id
                  FROM helpdesk_ticket AS ticket
                  JOIN res_partner AS customer ON customer.id = ticket.partner_id
                 WHERE customer.partner_share AND customer.is_company IS NOT TRUE
                   AND customer.erasure_date IS NULL AND customer.keeps_personal_data IS NOT TRUE
                       %s
                 GROUP BY ticket.partner_id
                HAVING bool_and(ticket.stage_kind = ANY(%s))
                   AND max(GREATEST(ticket.create_date, ticket.close_date, ticket.last_customer_message_date,
                                    ticket.last_agent_message_date)) < %s
                       %s
                 ORDER BY ticket.partner_id
                """,
                SQL() if among is None else SQL("AND ticket.partner_id = ANY(%s)", among.ids),
                list(DONE_KINDS),
                before,
                products,
            )
        )
        # sudo: customers are found and counted for the rule, whichever the administrator may list
        return self.env["res.partner"].sudo().browse(partner_id for (partner_id,) in rows)

    @api.model
    def _cron_erase(self):
        """Erase, a batch at a time, each in a transaction of its own; rules that are off only count."""
        for rule in self.search([]):
            due = rule._due_customers()
            rule.due_count = len(due)
            if not rule.is_on:
                continue
            for start in range(0, len(due), BATCH):
                # some may have written since
                customers = rule._due_customers(due[start : start + BATCH])
                customers._erase_personal_data("outdated")
                rule.erased_count += len(customers)
                rule.due_count -= len(customers)
                if not self.env["ir.cron"]._commit_progress(len(customers)):
                    return
            rule.last_run_date = fields.Datetime.now()
