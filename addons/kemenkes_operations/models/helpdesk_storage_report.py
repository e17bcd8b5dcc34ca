from odoo import api, fields, models
from odoo.tools import SQL


class HelpdeskStorageReport(models.Model):
    """What takes how much room today, how it grows, and when it is full."""

    _name = "helpdesk.storage.report"
    _description = "Storage and Forecast"
    _auto = False
    _order = "kind_rank, size desc"
    _rec_name = "name"

    date = fields.Date("As of", readonly=True)
    kind = fields.Selection(
        selection=lambda self: self.env["helpdesk.storage.sample"]._fields["kind"]._description_selection(self.env),
        readonly=True,
    )
    kind_rank = fields.Integer(readonly=True, aggregator=None)
    name = fields.Char(readonly=True)
    site_id = fields.Many2one("helpdesk.site", readonly=True)
    size = fields.Float("Size (MB)", digits=(16, 1), readonly=True, aggregator=None)
    row_count = fields.Integer("Rows", readonly=True, aggregator=None)
    growth_month = fields.Float(
        "Growth a month (MB)",
        digits=(16, 1),
        readonly=True,
        aggregator=None,
        help="The straight line through the samples of the last 90 days, over 30 days.",
    )
    size_year = fields.Float("In a year (MB)", digits=(16, 1), readonly=True, aggregator=None)
    capacity = fields.Float("Capacity (MB)", digits=(16, 1), readonly=True, aggregator=None)
    used_share = fields.Float("Used", readonly=True, aggregator=None)
    full_date = fields.Date(
        "Full on", readonly=True, help="At the growth of the last 90 days; empty when it does not grow."
    )

    @property
    def _table_query(self):
        return SQL(
            """
            WITH latest AS (SELECT max(date) AS date FROM helpdesk_storage_sample),
            line AS (
                SELECT sample.kind, sample.name,
                       regr_slope(sample.size::float, sample.date - date '2020-01-01') AS growth_day
                  FROM helpdesk_storage_sample AS sample, latest
                 WHERE sample.date > latest.date - 90
                 GROUP BY sample.kind, sample.name)
            SELECT sample.id, sample.date, sample.kind, sample.name, sample.site_id, sample.size, sample.row_count,
                   array_position(ARRAY['disk', 'database', 'files', 'table', 'site'], sample.kind::text) AS kind_rank,
                   line.growth_day * 30 AS growth_month,
                   GREATEST(sample.size + line.growth_day * 365, 0) AS size_year,
                   NULLIF(sample.capacity, 0) AS capacity,
                   sample.size / NULLIF(sample.capacity, 0) AS used_share,
                   -- beyond a century nobody plans, and a date can't hold every number
                   CASE WHEN line.growth_day > 0 AND sample.capacity > 0
                             AND (sample.capacity - sample.size) / line.growth_day < 36500
                        THEN sample.date + GREATEST(ceil((sample.capacity - sample.size) / line.growth_day), 0)::int
                   END AS full_date
              FROM helpdesk_storage_sample AS sample
              JOIN latest ON latest.date = sample.date
              JOIN line ON line.kind = sample.kind AND line.name = sample.name
            """
        )

    @api.readonly
    def action_open_samples(self):
        """The days from which a row's growth was told."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("kemenkes_operations.helpdesk_storage_sample_action")
        return {
            **action,
            "name": self.name,
            "domain": [("kind", "=", self.kind), ("name", "=", self.name)],
            "context": {},
        }
