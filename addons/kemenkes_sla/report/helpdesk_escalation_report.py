from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.kemenkes_helpdesk.models.helpdesk_team import TIERS
from odoo.addons.kemenkes_helpdesk.personal_fields import PersonalChar


class HelpdeskEscalationReport(models.Model):
    """Each hand-over to the next tier as a row (R27.b.1): how long until it was taken up and answered, what came of it.

    *Answered* is the first of: the next tier's reply to the customer, its return, its answer to the first tier, the
    solution. *Late* is a hand-over during which a service level of its ticket ran out.
    """

    _name = "helpdesk.escalation.report"
    _inherit = ["helpdesk.personal.mixin"]
    _description = "Escalation Report"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "ticket_id"
    # what is written to these is in the database before the report reads it
    _depends = {
        "helpdesk.escalation": [
            "ticket_id", "from_team_id", "to_team_id", "from_tier", "to_tier", "from_user_id", "to_user_id",
            "reason_id", "state", "escalated_date", "accepted_date", "ended_date",
        ],
        "helpdesk.ticket": ["site_id", "product_id", "channel_id", "category_id"],
        "helpdesk.sla.status": ["ticket_id", "state", "result_date"],
    }  # fmt: skip

    date = fields.Datetime("Escalated on", readonly=True)
    ticket_id = fields.Many2one("helpdesk.ticket", readonly=True)
    from_team_id = fields.Many2one("helpdesk.team", "From team", readonly=True)
    to_team_id = fields.Many2one("helpdesk.team", "To team", readonly=True)
    from_tier = fields.Selection(TIERS, readonly=True)
    to_tier = fields.Selection(TIERS, readonly=True)
    from_user_id = fields.Many2one("res.users", "Handed over by", readonly=True)
    to_user_id = fields.Many2one("res.users", "Accepted by", readonly=True)
    reason_id = fields.Many2one("helpdesk.escalation.reason", "Kind of reason", readonly=True)
    state = fields.Selection(lambda self: self.env["helpdesk.escalation"]._fields["state"].selection, readonly=True)
    site_id = fields.Many2one("helpdesk.site", readonly=True)
    product_id = fields.Many2one("helpdesk.product", readonly=True)
    channel_id = fields.Many2one("helpdesk.channel", readonly=True)
    category_id = fields.Many2one("helpdesk.category", readonly=True)
    accept_hours = fields.Float("Time to accept", readonly=True, aggregator="avg", help="Hours on the wall clock.")
    answer_hours = fields.Float("Time to answer", readonly=True, aggregator="avg", help="Hours on the wall clock.")
    returned_percent = fields.Float("Returned in percent", readonly=True, aggregator="avg", help="Of those that ended.")
    late_percent = fields.Float("Late in percent", readonly=True, aggregator="avg")
    escalation_count = fields.Integer("Escalations", readonly=True)
    open_count = fields.Integer("Open", readonly=True)
    returned_count = fields.Integer("Returned", readonly=True)
    late_count = fields.Integer("Late", readonly=True, help="A service level ran out while the next tier had it.")

    ticket_ref = fields.Char(related="ticket_id.ticket_ref")
    ticket_name = PersonalChar(related="ticket_id.name", string="Subject")

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT escalation.id, escalation.escalated_date AS date, escalation.ticket_id,
                   escalation.from_team_id, escalation.to_team_id, escalation.from_tier, escalation.to_tier,
                   escalation.from_user_id, escalation.to_user_id, escalation.reason_id, escalation.state,
                   ticket.site_id, ticket.product_id, ticket.channel_id, ticket.category_id,
                   EXTRACT(EPOCH FROM escalation.accepted_date - escalation.escalated_date) / 3600 AS accept_hours,
                   EXTRACT(EPOCH FROM
                       CASE WHEN escalation.state IN ('returned', 'done') OR reply.date IS NOT NULL
                            THEN LEAST(reply.date, escalation.ended_date) END - escalation.escalated_date
                   ) / 3600 AS answer_hours,
                   CASE escalation.state WHEN 'returned' THEN 100.0 WHEN 'done' THEN 0.0 END AS returned_percent,
                   CASE WHEN late.is_late THEN 100.0 ELSE 0.0 END AS late_percent,
                   1 AS escalation_count,
                   (escalation.state IN ('waiting', 'accepted'))::integer AS open_count,
                   (escalation.state = 'returned')::integer AS returned_count,
                   late.is_late::integer AS late_count
              FROM helpdesk_escalation escalation
              JOIN helpdesk_ticket ticket ON ticket.id = escalation.ticket_id
         LEFT JOIN LATERAL (
                       SELECT min(event.date) AS date
                         FROM helpdesk_event event
                        WHERE event.ticket_id = escalation.ticket_id AND event.kind = 'message_out'
                          AND event.date >= escalation.escalated_date AND event.tier = escalation.to_tier::integer
                          AND event.date <= COALESCE(escalation.ended_date, 'infinity')
                   ) reply ON TRUE
        CROSS JOIN LATERAL (
                       SELECT EXISTS (
                                  SELECT FROM helpdesk_sla_status status
                                   WHERE status.ticket_id = escalation.ticket_id AND status.state = 'failed'
                                     AND status.result_date >= escalation.escalated_date
                                     AND status.result_date <= COALESCE(escalation.ended_date, 'infinity')
                              ) AS is_late
                   ) late
            """
        )

    def action_open_ticket(self):
        """Open the ticket behind a row.

        :return: an action
        """
        self.ensure_one()
        return self.ticket_id._action_open()
