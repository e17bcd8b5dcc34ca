from odoo import api, fields, models
from odoo.tools import SQL

# Figures that are a quotient of sums: numerator, denominator, factor. They are counted anew for each group of rows.
RATIOS = {
    "average_handling_seconds": ("handling_seconds", "ticket_count", 1),
    "occupancy": ("busy_seconds", "duty_seconds", 100),
    "utilisation": ("busy_seconds", "work_seconds", 100),
    "adherence": ("kept_seconds", "planned_seconds", 100),
}


class HelpdeskActivity(models.Model):
    """What an agent did on a day, in a team at a site: one row, in seconds (R25.c.1).

    Made from the intervals of the agent's statuses, cut at the site's midnight, and from handling times; the source
    stays what it is, and each row can be made again from it. What the columns mean:

    * work: at work in any status but offline;
    * duty: there for customers (ready, busy, wrap-up);
    * handling: worked on tickets (measured, with corrections); wrap-up: in a status of that kind;
    * busy: handling or wrap-up, counted once, at most the duty; standby: the rest of the duty;
    * occupancy: busy of duty; utilisation: busy of work; adherence: time at work of the time planned.
    """

    _name = "helpdesk.activity"
    _description = "Agent's Day"
    _order = "date desc, user_id"
    _rec_name = "user_id"
    _log_access = False

    date = fields.Date("Day", required=True, readonly=True, help="The day at the site.")
    user_id = fields.Many2one("res.users", "Agent", required=True, readonly=True, ondelete="restrict")
    team_id = fields.Many2one("helpdesk.team", readonly=True, ondelete="restrict")
    site_id = fields.Many2one("helpdesk.site", readonly=True, ondelete="restrict")
    log_in_date = fields.Datetime("Log-in", readonly=True, help="When work began on that day.")
    log_out_date = fields.Datetime("Log-out", readonly=True, help="When work ended; empty while it goes on.")
    log_in_count = fields.Integer("Log-ins", readonly=True)
    work_seconds = fields.Integer("Work time", readonly=True)
    duty_seconds = fields.Integer("Duty", readonly=True, help="There for customers: ready, busy, wrap-up.")
    standby_seconds = fields.Integer("Standby", readonly=True, help="On duty and working on no ticket.")
    handling_seconds = fields.Integer("Handling", readonly=True)
    wrap_up_seconds = fields.Integer("Wrap-up", readonly=True)
    busy_seconds = fields.Integer("Busy", readonly=True, help="Handling and wrap-up, at most the duty.")
    break_seconds = fields.Integer("Breaks", readonly=True)
    training_seconds = fields.Integer("Training and coaching", readonly=True)
    away_seconds = fields.Integer("Away", readonly=True, help="Connection lost or nobody at the keyboard.")
    productive_seconds = fields.Integer("Productive", readonly=True, help="In statuses that count as work.")
    planned_seconds = fields.Integer("Planned", readonly=True, help="Of the roster.")
    kept_seconds = fields.Integer("Planned and at work", readonly=True)
    ticket_count = fields.Integer("Tickets worked on", readonly=True)
    average_handling_seconds = fields.Float("Average handling time", readonly=True, aggregator="avg")
    occupancy = fields.Float("Occupancy (%)", readonly=True, aggregator="avg")
    utilisation = fields.Float("Utilisation (%)", readonly=True, aggregator="avg")
    adherence = fields.Float("Adherence (%)", readonly=True, aggregator="avg")

    _day_unique = models.UniqueIndex(
        "(date, user_id, COALESCE(team_id, 0), COALESCE(site_id, 0))", "A day of an agent stands in one row."
    )
    _user_idx = models.Index("(user_id, date)")
    _team_idx = models.Index("(team_id, date)")
    _site_idx = models.Index("(site_id, date)")

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        """A share over several rows is the quotient of their sums, not the mean of their shares."""
        name, _separator, aggregator = aggregate_spec.partition(":")
        if name not in RATIOS or aggregator != "avg":
            return super()._read_group_select(aggregate_spec, query)
        numerator, denominator, factor = RATIOS[name]
        return SQL(
            "%s * SUM(%s)::float / NULLIF(SUM(%s), 0)",
            factor,
            self._field_to_sql(self._table, numerator, query),
            self._field_to_sql(self._table, denominator, query),
        )
