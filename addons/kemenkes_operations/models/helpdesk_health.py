import logging
import os
import shutil
import socket
import time
from datetime import timedelta
from pathlib import Path

from odoo import api, fields, models
from odoo.tools import SQL, config

from ..tools import certificate, checks, recent

_logger = logging.getLogger(__name__)

# Counting further says nothing more, and costs most when the system has no time.
MOST_COUNTED = 10_000
ONE_DAY = timedelta(days=1)
# Strangers may ask as often as they like: it is read once in so many seconds by each process and database.
REMEMBERED = recent.Recent(seconds=5)
STANDBYS_VARIABLE = "HELPDESK_STANDBYS"
CERTIFICATE_VARIABLE = "HELPDESK_CERTIFICATE"
BACKUP_VARIABLE = "HELPDESK_BACKUP_STAMP"


class HelpdeskHealth(models.AbstractModel):
    """How the system is at this moment.

    Each group of figures is read on its own: what can't be read becomes "unknown" and hides nothing else. What does not
    concern an installation (no standby, no certificate, no mailbox) is left out.
    """

    _name = "helpdesk.health"
    _description = "Health of the System"

    @api.model
    def _recent_readings(self):
        """Like :meth:`_readings`, a few seconds old at most."""
        return REMEMBERED.get(self.env.cr.dbname, self._readings)

    @api.model
    def _readings(self):
        """:class:`checks.Reading` of everything that concerns this installation, in the order of the checks."""
        values = {}
        for names, method in self._probes():
            try:
                with self.env.cr.savepoint(flush=False):
                    values.update(method())
            except Exception:
                _logger.exception("Health: %s can't be read.", ", ".join(names))
                values.update(dict.fromkeys(names))
        return [checks.Reading(check, values[check.name]) for check in checks.CHECKS if check.name in values]

    @api.model
    def _probes(self):
        """Pairs of the figures' names and the method that reads them as a dict; other addons may add theirs."""
        return [
            (("database_seconds", "database_read_only"), self._probe_database),
            (("database_connections_share", "database_transaction_seconds"), self._probe_connections),
            (("standbys_missing", "replica_lag_seconds"), self._probe_standbys),
            (("archive_failing_seconds",), self._probe_archive),
            (("backup_age_seconds",), self._probe_backup),
            (("inbox_age_seconds", "inbox_waiting", "inbox_dead"), self._probe_inbox),
            (("outbox_age_seconds", "outbox_failed_day"), self._probe_outbox),
            (("mailbox_silent_seconds",), self._probe_mailboxes),
            (("scan_age_seconds",), self._probe_scanner),
            (("job_delay_seconds", "jobs_failing"), self._probe_jobs),
            (("seal_delay_days",), self._probe_seals),
            (("disk_free_share",), self._probe_disk),
            (("certificate_days",), self._probe_certificate),
            (("storage_full_days",), self._probe_storage),
            (("second_factor_unsent",), self._probe_second_factor),
        ]

    @api.model
    def _can_serve(self, readings):
        """Whether this node should get requests."""
        return not any(reading.check.serves and reading.state == checks.CRITICAL for reading in readings)

    @api.model
    def _worst_state(self, readings):
        return checks.worst(readings)

    @api.model
    def _node(self):
        return socket.gethostname()

    @api.model
    def _counters(self):
        """Counters by name; sequences know how many rows were ever made without counting them."""
        query = SQL(
            """
            SELECT (SELECT last_value FROM helpdesk_ticket_id_seq) AS tickets,
                   (SELECT last_value FROM mail_message_id_seq) AS messages,
                   (SELECT last_value FROM helpdesk_event_id_seq) AS events,
                   (SELECT last_value FROM helpdesk_inbox_event_id_seq) AS inbox_events,
                   (SELECT last_value FROM helpdesk_outbox_message_id_seq) AS outbox_messages,
                   xact_commit AS transactions, deadlocks
              FROM pg_stat_database WHERE datname = current_database()
            """
        )
        return self._row(query)

    def _row(self, query):
        """The only row of a query as a dict."""
        self.env.cr.execute(query)
        return self.env.cr.dictfetchone()

    # DATABASE

    def _probe_database(self):
        start = time.monotonic()
        is_standby = self._row(SQL("SELECT pg_is_in_recovery()::int AS is_standby"))["is_standby"]
        return {"database_seconds": round(time.monotonic() - start, 6), "database_read_only": is_standby}

    def _probe_connections(self):
        return self._row(
            SQL(
                """
                SELECT (count(*)::float / current_setting('max_connections')::int)::float AS database_connections_share,
                       COALESCE(EXTRACT(epoch FROM max(clock_timestamp() - xact_start)
                           FILTER (WHERE datname = current_database())), 0)::float AS database_transaction_seconds
                  FROM pg_stat_activity WHERE backend_type = 'client backend'
                """
            )
        )

    def _probe_standbys(self):
        """The role of the database needs pg_monitor to see how far standbys are."""
        expected = int(os.environ.get(STANDBYS_VARIABLE) or 0)
        found = self._row(
            SQL(
                """
                SELECT count(*) AS count, COALESCE(EXTRACT(epoch FROM max(replay_lag)), 0)::float AS lag
                  FROM pg_stat_replication WHERE state = 'streaming'
                """
            )
        )
        if not expected and not found["count"]:
            return {}
        return {"standbys_missing": max(expected - found["count"], 0), "replica_lag_seconds": found["lag"]}

    def _probe_archive(self):
        found = self._row(
            SQL(
                """
                SELECT current_setting('archive_mode') AS mode,
                       CASE WHEN last_failed_time > COALESCE(last_archived_time, '-infinity')
                            THEN EXTRACT(epoch FROM clock_timestamp() - COALESCE(last_archived_time, last_failed_time))
                            ELSE 0 END::float AS seconds
                  FROM pg_stat_archiver
                """
            )
        )
        return {} if found["mode"] == "off" else {"archive_failing_seconds": found["seconds"]}

    def _probe_backup(self):
        """A backup that went well touches a file; how old that is, is how old the backup is."""
        stamp = os.environ.get(BACKUP_VARIABLE)
        return {"backup_age_seconds": time.time() - Path(stamp).stat().st_mtime} if stamp else {}

    # WORK THAT WAITS

    def _probe_inbox(self):
        return self._row(
            SQL(
                """
                SELECT COALESCE(EXTRACT(epoch FROM %(now)s - (
                           SELECT min(create_date) FROM helpdesk_inbox_event WHERE state = 'new')), 0)::float
                           AS inbox_age_seconds,
                       (SELECT count(*) FROM (SELECT FROM helpdesk_inbox_event
                         WHERE state IN ('new', 'failed') LIMIT %(most)s) waiting) AS inbox_waiting,
                       (SELECT count(*) FROM (SELECT FROM helpdesk_inbox_event
                         WHERE state = 'dead' LIMIT %(most)s) dead) AS inbox_dead
                """,
                now=fields.Datetime.now(),
                most=MOST_COUNTED,
            )
        )

    def _probe_outbox(self):
        now = fields.Datetime.now()
        return self._row(
            SQL(
                """
                SELECT COALESCE(EXTRACT(epoch FROM %(now)s - (
                           SELECT min(next_attempt_date) FROM helpdesk_outbox_message WHERE state = 'queued'
                              AND next_attempt_date <= %(now)s)), 0)::float AS outbox_age_seconds,
                       (SELECT count(*) FROM (SELECT FROM helpdesk_outbox_message
                         WHERE state = 'failed' AND write_date > %(yesterday)s LIMIT %(most)s) failed)
                           AS outbox_failed_day
                """,
                now=now,
                yesterday=now - ONE_DAY,
                most=MOST_COUNTED,
            )
        )

    def _probe_mailboxes(self):
        servers = self.env["fetchmail.server"].search([("state", "=", "done")])
        if not servers:
            return {}
        longest = min(server.date or server.write_date for server in servers)
        return {"mailbox_silent_seconds": (fields.Datetime.now() - longest).total_seconds()}

    def _probe_scanner(self):
        if not self.env["ir.attachment"]._scanner():
            return {}
        return self._row(
            SQL(
                """
                SELECT COALESCE(EXTRACT(epoch FROM %s - min(create_date)), 0)::float AS scan_age_seconds
                  FROM ir_attachment WHERE scan_state = 'waiting'
                """,
                fields.Datetime.now(),
            )
        )

    def _probe_jobs(self):
        return self._row(
            SQL(
                """
                SELECT GREATEST(COALESCE(EXTRACT(epoch FROM %(now)s - min(nextcall)), 0), 0)::float
                           AS job_delay_seconds,
                       count(*) FILTER (WHERE failure_count > 0) AS jobs_failing
                  FROM ir_cron WHERE active
                """,
                now=fields.Datetime.now(),
            )
        )

    def _probe_seals(self):
        """A day is over at midnight UTC, and may be sealed until noon."""
        last = self.env["helpdesk.event.seal"].search([], order="day desc", limit=1).day
        if not last:
            return {}
        due = (fields.Datetime.now() - ONE_DAY - ONE_DAY / 2).date()
        return {"seal_delay_days": max((due - last).days, 0)}

    # MACHINE

    def _probe_disk(self):
        usage = shutil.disk_usage(config["data_dir"])
        return {"disk_free_share": usage.free / usage.total}

    def _probe_certificate(self):
        path = os.environ.get(CERTIFICATE_VARIABLE)
        return {"certificate_days": certificate.days_left(path, fields.Datetime.now())} if path else {}

    def _probe_storage(self):
        dates = [row.full_date for row in self.env["helpdesk.storage.report"].search([("full_date", "!=", False)])]
        return {"storage_full_days": (min(dates) - fields.Date.today()).days} if dates else {}

    # ACCOUNTS

    def _probe_second_factor(self):
        return {"second_factor_unsent": int(self.env["res.users"]._is_second_factor_unsent())}
