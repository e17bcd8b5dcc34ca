from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.kemenkes_helpdesk.models.helpdesk_team import TIERS
from odoo.addons.kemenkes_helpdesk.personal_fields import PersonalChar

from ..models.helpdesk_sla import TARGETS
from ..models.helpdesk_sla_status import CAUSES


class HelpdeskSlaAttainment(models.Model):
    """One row for each promise that was kept or broken (R14), counted on the day of the result.

    A share is worked out where it is shown, as the average of 100 and 0: averages of averages are never made. An
    excused breach counts neither way.
    """

    _name = "helpdesk.sla.attainment"
    _inherit = ["helpdesk.personal.mixin"]
    _description = "SLA Attainment"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "ticket_id"
    # what is written to these is in the database before the report reads it
    _depends = {
        "helpdesk.sla.status": [
            "result_date", "result_day", "state", "ticket_id", "sla_id", "target", "site_id", "product_id", "team_id",
            "user_id", "tier", "elapsed_seconds", "late_seconds", "cause",
        ],
        "helpdesk.sla.excuse": ["status_id", "state"],
        "helpdesk.ticket": ["channel_id", "category_id"],
    }  # fmt: skip

    date = fields.Datetime(readonly=True, help="When the promise was kept, or broken.")
    day = fields.Date(readonly=True, help="The same, as a day at the ticket's site.")
    ticket_id = fields.Many2one("helpdesk.ticket", readonly=True)
    sla_id = fields.Many2one("helpdesk.sla", "Policy", readonly=True)
    target = fields.Selection(TARGETS, readonly=True)
    site_id = fields.Many2one("helpdesk.site", readonly=True)
    product_id = fields.Many2one("helpdesk.product", readonly=True)
    channel_id = fields.Many2one("helpdesk.channel", readonly=True)
    category_id = fields.Many2one("helpdesk.category", readonly=True)
    team_id = fields.Many2one("helpdesk.team", readonly=True)
    user_id = fields.Many2one("res.users", "Agent", readonly=True)
    tier = fields.Selection(TIERS, readonly=True)
    result = fields.Selection(
        [("met", "Met"), ("breached", "Breached"), ("excused", "Excused")],
        readonly=True,
    )
    cause = fields.Selection(CAUSES, "Cause of the breach", readonly=True)
    attainment = fields.Float(
        "Attainment in percent", readonly=True, aggregator="avg", help="Share in time; excused breaches left out."
    )
    met_count = fields.Integer("Met", readonly=True)
    breached_count = fields.Integer("Breached", readonly=True)
    excused_count = fields.Integer("Excused", readonly=True)
    elapsed_seconds = fields.Integer("Counted", readonly=True, aggregator="avg", help="Seconds, pauses left out.")
    late_seconds = fields.Integer("Late by", readonly=True, aggregator="avg", help="Seconds after the due time.")

    ticket_ref = fields.Char(related="ticket_id.ticket_ref")
    ticket_name = PersonalChar(related="ticket_id.name", string="Subject")

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT status.id, status.result_date AS date, status.result_day AS day, status.ticket_id, status.sla_id,
                   status.target, status.site_id, status.product_id, ticket.channel_id, ticket.category_id,
                   status.team_id, status.user_id, status.tier, status.elapsed_seconds, status.late_seconds,
                   status.cause,
                   CASE WHEN status.state = 'reached' THEN 'met'
                        WHEN excuse.id IS NULL THEN 'breached' ELSE 'excused' END AS result,
                   CASE WHEN status.state = 'reached' THEN 100.0 WHEN excuse.id IS NULL THEN 0.0 END AS attainment,
                   (status.state = 'reached')::integer AS met_count,
                   (status.state = 'failed' AND excuse.id IS NULL)::integer AS breached_count,
                   (excuse.id IS NOT NULL)::integer AS excused_count
              FROM helpdesk_sla_status status
         -- each has its ticket: as a left join it costs nothing where neither channel nor category is asked for
         LEFT JOIN helpdesk_ticket ticket ON ticket.id = status.ticket_id
         LEFT JOIN helpdesk_sla_excuse excuse ON excuse.status_id = status.id
                                             AND excuse.state = 'approved' AND status.state = 'failed'
             WHERE status.result_date IS NOT NULL
            """
        )

    @api.model
    def _counts(self, domain, group_by):
        """How many were met, breached, excused.

        :param domain: of this model
        :param str group_by: a field of this model
        :return: ``{value: (met, breached, excused, attainment in percent or None)}``
        """
        groups = self._read_group(domain, [group_by], ["met_count:sum", "breached_count:sum", "excused_count:sum"])
        return {
            value: (met, breached, excused, 100 * met / (met + breached) if met + breached else None)
            for value, met, breached, excused in groups
        }

    def action_open_ticket(self):
        """Open the ticket behind a row.

        :return: an action
        """
        self.ensure_one()
        return self.env["helpdesk.sla.status"].browse(self.id).action_open_ticket()
