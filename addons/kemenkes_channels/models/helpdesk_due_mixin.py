from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL

from ..providers.records import Retry


class HelpdeskDueMixin(models.AbstractModel):
    """Rows that wait for something outside: taken one by one, oldest first, each committed before the next.

    A model that inherits it has a ``state`` and a stored ``channel_id``, offers :meth:`_work_one`, and has an index
    on ``(next_attempt_date, id)`` of the rows that wait. Rows of a paused channel wait on.
    """

    _name = "helpdesk.due.mixin"
    _description = "Row That Waits for a Service"

    # The state of rows that wait, the job that works on them, and the minutes before each further attempt.
    _due_state = "waiting"
    _due_job = ""
    _due_minutes = (1, 5, 30, 120, 720)

    attempts = fields.Integer(readonly=True)
    next_attempt_date = fields.Datetime(default=fields.Datetime.now, readonly=True)

    def _work_one(self):
        """Do what one row waits for. Nothing is raised for what the outside does."""
        raise NotImplementedError

    @api.model
    def _work_pending(self, limit=20):
        """Work on what waits.

        :param int limit: rows at most
        :return: how many were worked on
        """
        rows = self.with_user(SUPERUSER_ID)
        for count in range(limit):
            row = rows._claim_next()
            if not row:
                return count
            row._work_one()
            if not self.env["ir.cron"]._commit_progress(1):
                return count + 1
        return limit

    @api.model
    def _claim_next(self):
        """The row that is next and that no other worker holds, locked; empty where there is none."""
        self.flush_model()
        found = self.env.execute_query(
            SQL(
                """
                SELECT this.id FROM %s AS this JOIN helpdesk_channel AS channel ON channel.id = this.channel_id
                 WHERE this.state = %s AND this.next_attempt_date <= %s AND channel.is_paused IS NOT TRUE
                 ORDER BY this.next_attempt_date, this.id LIMIT 1 FOR UPDATE OF this SKIP LOCKED
                """,
                SQL.identifier(self._table),
                # as text of the statement: a partial index is found by it
                SQL(f"'{self._due_state}'"),
                fields.Datetime.now(),
            )
        )
        return self.browse(found[0]) if found else self.browse()

    def _put_off(self, fault):
        """Wait for another attempt after a fault, where one makes sense.

        :param fault: :class:`~..providers.records.Fault`
        :return: whether there is another attempt; ``attempts`` is counted in any case
        """
        attempts = self.attempts + 1
        if fault.retry is Retry.NEVER or attempts > len(self._due_minutes):
            self.attempts = attempts
            return False
        seconds = fault.seconds or self._due_minutes[attempts - 1] * 60
        again = fields.Datetime.now() + timedelta(seconds=seconds)
        self.write({"attempts": attempts, "next_attempt_date": again})
        self._wake_job(again)
        return True

    @api.model
    def _wake_job(self, at=None):
        # sudo: whoever makes a row has the job work on it
        self.env.ref(self._due_job).sudo()._trigger(at=at)

    @api.model
    def _cron_work(self):
        due = [("state", "=", self._due_state), ("next_attempt_date", "<=", fields.Datetime.now())]
        left = self.env["ir.cron"]._commit_progress(remaining=self.search_count(due, limit=10_000))
        # why something did not work is read by people: in the language that they have in common
        rows = self.with_context(lang=self.env["helpdesk.ticket"]._customer_language())
        while left:
            left = rows._work_pending() and self.env["ir.cron"]._commit_progress()
