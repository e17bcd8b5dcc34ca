import logging
from datetime import timedelta

from psycopg2.extensions import TransactionRollbackError

from odoo import api, models
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

BATCH = 500
PUT_OFF = timedelta(hours=1)


class HelpdeskSlaStatus(models.Model):
    """The sweep: each minute, whatever has become due, or must be worked out anew."""

    _inherit = "helpdesk.sla.status"

    @api.model
    def _cron_sweep(self):
        """Look at the clocks whose moment has come: breaches, warnings, changed working hours.

        Late or early, the result is the same: dates come from the clocks, never from the sweep.
        """
        while due := self._take_due(BATCH):
            due._sweep()
            if not self.env["ir.cron"]._commit_progress(len(due)):
                return

    @api.model
    def _take_due(self, limit):
        """The clocks to look at, locked; one statement on an index, whatever the number of open clocks.

        With each the end of its ticket's chain in the ledger is locked, first as in every transaction that writes to a
        ticket. One that somebody is writing to right now is left alone: that transaction works its clocks out.
        """
        self.flush_model(["check_date"])
        return self.browse(row_id for (row_id,) in self.env.execute_query(self._due_query(limit)))

    @api.model
    def _due_query(self, limit):
        return SQL(
            """
            SELECT status.id
              FROM helpdesk_sla_status status JOIN helpdesk_event_head head ON head.chain = status.ticket_id
             WHERE status.check_date < %s
          ORDER BY status.check_date LIMIT %s FOR UPDATE SKIP LOCKED
            """,
            self.env.cr.now().replace(microsecond=0),
            limit,
        )

    def _sweep(self):
        """Work these clocks out; one that can't be is put off and told in the server's log, and holds up no other."""
        try:
            with self.env.cr.savepoint():
                self._work_off()
                self.env.flush_all()
        except TransactionRollbackError:
            raise  # another transaction was faster: the job does it again, nothing is wrong with the clocks
        except Exception:
            if len(self) > 1:
                half = len(self) // 2
                self[:half]._sweep()
                self[half:]._sweep()
                return
            _logger.exception("SLA clock %s of ticket %s can't be worked out.", self.id, self.ticket_id.id)
            self.check_date = self.env.cr.now().replace(microsecond=0) + PUT_OFF

    def _work_off(self):
        stale = self.filtered("is_stale")
        # whatever comes of it, none of these is looked at twice
        self.check_date = False
        changed = self._refresh(self.ticket_id)
        self.env["helpdesk.event"]._record(
            [{"kind": "sla_recalculated", "ticket_id": ticket.id} for ticket in changed & stale.ticket_id]
        )

    def _mark_stale(self):
        """Have these clocks worked out anew by the next sweep, and by any number of processes at once."""
        if self:
            past = self.env.cr.now().replace(microsecond=0) - timedelta(seconds=1)
            self.write({"is_stale": True, "check_date": past})
            self.env.ref("kemenkes_sla.ir_cron_sweep")._trigger()
