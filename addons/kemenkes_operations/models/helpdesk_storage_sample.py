import shutil
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, config

MEGABYTE = 1024 * 1024
CAPACITY_PARAMETER = "kemenkes_operations.database_capacity_gb"
# Tables below this share one row: they are hundreds, and none of them fills a disk.
SMALL_MEGABYTES = 10
# Who has to buy disks needs a quarter of a year.
WARNING_DAYS = 90
MONDAY = 0
ONE_DAY = timedelta(days=1)
DEMO_DAYS = 120


class HelpdeskStorageSample(models.Model):
    """How much room something took on one day; never deleted, so that growth can be told over years."""

    _name = "helpdesk.storage.sample"
    _description = "Storage on One Day"
    _order = "date desc, size desc, id"
    _rec_name = "name"
    _log_access = False

    date = fields.Date(required=True, readonly=True)
    kind = fields.Selection(
        [
            ("disk", "Disk"),
            ("database", "Database"),
            ("files", "Attachments"),
            ("table", "Table"),
            ("site", "Attachments of a site"),
        ],
        required=True,
        readonly=True,
    )
    name = fields.Char(required=True, readonly=True)
    site_id = fields.Many2one("helpdesk.site", readonly=True, ondelete="restrict")
    size = fields.Float("Size (MB)", digits=(16, 1), readonly=True)
    row_count = fields.Integer("Rows", readonly=True, help="Of a table: as PostgreSQL estimates it. Else files.")
    capacity = fields.Float("Capacity (MB)", digits=(16, 1), readonly=True, aggregator="max")

    _day_unique = models.UniqueIndex("(date, kind, name)")

    @api.model
    def _cron_sample(self):
        """Take today's sample, and on Mondays tell administrators of what will be full within three months."""
        self._take(fields.Date.today())
        if fields.Date.today().weekday() == MONDAY:
            self._warn()

    @api.model
    def _take(self, day):
        """Measure; a second time on one day replaces the first.

        :param date day: the day that is written down
        """
        # sudo: written by the system only
        samples = self.sudo()
        samples.search([("date", "=", day)]).unlink()
        rows = [self._measure_disk(), self._measure_database(), self._measure_files()]
        rows += [*self._measure_tables(), *self._measure_sites()]
        samples.create([{"date": day, **row} for row in rows])

    def _measure_disk(self):
        usage = shutil.disk_usage(config["data_dir"])
        # what is neither used nor free is kept back for root: nobody gets it
        capacity = usage.used + usage.free
        return {
            "kind": "disk",
            "name": config["data_dir"],
            "size": usage.used / MEGABYTE,
            "capacity": capacity / MEGABYTE,
        }

    def _measure_database(self):
        [(size,)] = self.env.execute_query(SQL("SELECT pg_database_size(current_database())"))
        gigabytes = float(self.env["ir.config_parameter"].sudo().get_param(CAPACITY_PARAMETER) or 0)
        return {
            "kind": "database",
            "name": self.env.cr.dbname,
            "size": size / MEGABYTE,
            "capacity": gigabytes * 1024,
        }

    def _measure_files(self):
        """Files are kept once, however many attachments name them."""
        [(size, count)] = self.env.execute_query(
            SQL(
                """
                SELECT COALESCE(sum(file_size), 0)::float, count(*) FROM (
                    SELECT DISTINCT ON (store_fname) file_size FROM ir_attachment WHERE store_fname IS NOT NULL) AS file
                """
            )
        )
        return {"kind": "files", "name": "filestore", "size": size / MEGABYTE, "row_count": count}

    def _measure_tables(self):
        measured = self.env.execute_query(
            SQL(
                """
                SELECT relname, pg_total_relation_size(oid)::float, GREATEST(reltuples, 0)::bigint FROM pg_class
                 WHERE relkind IN ('r', 'p', 'm') AND relnamespace = 'public'::regnamespace
                 ORDER BY 2 DESC
                """
            )
        )
        large = [row for row in measured if row[1] >= SMALL_MEGABYTES * MEGABYTE]
        small = measured[len(large) :]
        rows = [*large, (f"< {SMALL_MEGABYTES} MB", sum(row[1] for row in small), sum(row[2] for row in small))]
        return [
            {"kind": "table", "name": name, "size": size / MEGABYTE, "row_count": count} for name, size, count in rows
        ]

    def _measure_sites(self):
        measured = self.env.execute_query(
            SQL(
                """
                SELECT site.id, site.name, COALESCE(sum(file.file_size), 0)::float, count(file.id)
                  FROM helpdesk_site AS site
                  JOIN helpdesk_ticket AS ticket ON ticket.site_id = site.id
                  JOIN ir_attachment AS file ON file.res_model = 'helpdesk.ticket' AND file.res_id = ticket.id
                 GROUP BY site.id
                """
            )
        )
        return [
            {"kind": "site", "name": f"{name} ({id_})", "site_id": id_, "size": size / MEGABYTE, "row_count": count}
            for id_, name, size, count in measured
        ]

    # WARNING

    def _warn(self):
        until = fields.Date.today() + timedelta(days=WARNING_DAYS)
        full = self.env["helpdesk.storage.report"].sudo().search([("full_date", "<=", until)], order="full_date")
        if not full:
            return
        # sudo: reads who is an administrator
        for user in self.env.ref("kemenkes_helpdesk.group_manager").sudo().all_user_ids.filtered("active"):
            reader = user.with_context(lang=user.lang)
            reader._notify_in_one(
                reader.env._("Storage will be full"),
                [reader.env._("%(name)s: full on %(date)s", name=row.name, date=row.full_date) for row in full],
            )

    # DEMO

    @api.model
    def _demo_history(self):
        """Samples of the past, from which the screens can tell a growth."""
        today = fields.Date.today()
        self._take(today)
        chosen = self.search([("date", "=", today)])
        history = [
            {
                "date": today - timedelta(days=days),
                "kind": row.kind,
                "name": row.name,
                "site_id": row.site_id.id,
                "capacity": row.capacity,
                "size": row.size * (1 - 0.004 * days),
                "row_count": int(row.row_count * (1 - 0.004 * days)),
            }
            for row in chosen
            for days in range(1, DEMO_DAYS)
        ]
        self.create(history)
