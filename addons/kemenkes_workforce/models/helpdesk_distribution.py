import logging
import time
from contextlib import contextmanager

from psycopg2.extensions import TransactionRollbackError

from odoo import SUPERUSER_ID, api, models

_logger = logging.getLogger(__name__)

# Key of the lock that one process at a time holds while it hands out work; any number will do that nobody else uses.
LOCK = 7_301_884
# Decisions in one transaction: many make few statements, but who clicks meanwhile waits for it.
CHUNK = 2000
# A request that set the distribution going is kept no longer than this; the job goes on then.
REQUEST_SECONDS = 1.0
JOB_SECONDS = 50.0
TRIES = 8
# Ledger rows after which somebody may wait who did not, or have room who had none.
WAKING = {
    "created", "unassigned", "assigned", "team_changed", "stage_changed", "solved", "reopened", "closed",
    "product_changed", "priority_changed", "category_changed", "incident_left", "unmerged", "handed_over",
}  # fmt: skip


class HelpdeskDistribution(models.AbstractModel):
    """Hands out what waits to those who are ready (ACD): when it runs, and what keeps several processes apart.

    It is set going by what happens: the ledger tells of tickets that wait and of capacity that is freed, sessions of
    agents who come and go. When such a transaction is committed, its process hands out work at once. A job sweeps each
    minute: for what depends on time, and for what a killed process has left.

    One process at a time decides. The others don't wait for it: each leaves a sign (a number of a sequence) that the
    one at work sees before it stops. Tickets and sessions are claimed with SKIP LOCKED beyond that, so that people who
    take tickets, or leave, at this moment are never waited for and never overruled. Each chunk is one transaction; a
    process that is killed leaves whole chunks, and its lock ends with its connection.
    """

    _name = "helpdesk.distribution"
    _description = "Distribution of Work"

    def init(self):
        self.env.cr.execute("CREATE SEQUENCE IF NOT EXISTS helpdesk_distribution_sign")

    # WHEN

    @api.model
    def _read_events(self, events):
        """Reader of the ledger, inside the transaction: it only notes that there may be something to do."""
        if any(event["kind"] in WAKING for event in events):
            self._wake()

    @api.model
    def _wake(self):
        """Hand out work as soon as this transaction is committed; any number of calls make one run."""
        after = self.env.cr.postcommit
        if self.env.context.get("helpdesk_distributing") or after.data.get("helpdesk_distribution"):
            return
        after.data["helpdesk_distribution"] = True
        registry = self.env.registry
        after.add(lambda: self._run_after_commit(registry))

    @api.model
    def _run_after_commit(self, registry):
        """Whatever goes wrong here must not look as if the request had failed: it is committed."""
        try:
            self._run(registry, REQUEST_SECONDS)
        except Exception:
            _logger.exception("Work can't be handed out now; the job tries again.")

    @api.model
    def _cron_sweep(self):
        """Once a minute: what depends on time, and what a process has left undone."""
        self._run(self.env.registry, JOB_SECONDS)

    @api.model
    def _run(self, registry, seconds):
        """Hand out work until nothing can be handed out, in transactions of its own.

        :param float seconds: how long; what is left then is left to the job
        :return: how many tickets were handed out
        """
        end = time.monotonic() + seconds
        total = 0
        with registry.cursor() as cr:
            cr.execute("SELECT nextval('helpdesk_distribution_sign')")
        while True:
            with self._alone(registry) as cr:
                if not cr:
                    return total  # the one at work sees the sign
                seen = self._last_sign(cr)
                total += self._run_alone(registry, end)
                if time.monotonic() >= end:
                    self._leave_to_job(registry)
                    return total
            with registry.cursor() as cr:
                if self._last_sign(cr) == seen:
                    return total

    @contextmanager
    def _alone(self, registry):
        """A cursor while no other process hands out work, or None."""
        with registry.cursor() as cr:
            cr.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
            if not cr.fetchone()[0]:
                yield None
                return
            try:
                # the lock is the connection's; no transaction stays open meanwhile
                cr.commit()  # pylint: disable=invalid-commit
                yield cr
            finally:
                cr.rollback()
                cr.execute("SELECT pg_advisory_unlock(%s)", [LOCK])

    @api.model
    def _last_sign(self, cr):
        cr.execute("SELECT last_value FROM helpdesk_distribution_sign")
        sign = cr.fetchone()[0]
        cr.commit()  # pylint: disable=invalid-commit
        return sign

    @api.model
    def _run_alone(self, registry, end):
        total = 0
        while True:
            decisions = self._in_transaction(registry, lambda env: env[self._name]._plan())
            given = 0
            for start in range(0, len(decisions), CHUNK):
                chunk = decisions[start : start + CHUNK]
                held = self._in_transaction(registry, lambda env, chunk=chunk: env[self._name]._apply(chunk))
                given += held
                if time.monotonic() >= end:
                    return total + given
                if held < len(chunk):
                    break  # what is left of it goes before the next chunk
            total += given
            if not given:
                return total

    @api.model
    def _in_transaction(self, registry, work):
        """``work(env)``, again when it met another transaction, as Odoo does it with requests."""
        for attempt in range(1, TRIES + 1):
            try:
                with registry.cursor() as cr:
                    return work(api.Environment(cr, SUPERUSER_ID, {"helpdesk_distributing": True}))
            except TransactionRollbackError:
                if attempt == TRIES:
                    raise
                time.sleep(0.01 * attempt)
        return None

    @api.model
    def _leave_to_job(self, registry):
        with registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env.ref("kemenkes_workforce.ir_cron_distribute")._trigger()
