"""What is watched, with its limits: one list for the health page, the metrics, the alert rules and their runbooks.

No Odoo here: the tests of the monitoring files read it too.
"""

from dataclasses import dataclass


# pylint: disable=prefer-env-translation
def _(text):
    """Mark a text for translation; it is translated where somebody reads it."""
    return text


OK, WARNING, CRITICAL, UNKNOWN = "ok", "warning", "critical", "unknown"
# The worst first; what can't be read is worse than a warning and no reason to take a node out of service.
STATES = (CRITICAL, UNKNOWN, WARNING, OK)


@dataclass(frozen=True)
class Check:
    """One figure. Where ``critical`` is below ``warning``, less is worse (free space, days left)."""

    name: str
    help: str
    warning: float
    critical: float
    # whether a node where this is critical should get no requests
    serves: bool = False

    def state_of(self, value):
        """The state that a value means; None is a value that could not be read."""
        if value is None:
            return UNKNOWN
        sign = 1 if self.critical >= self.warning else -1
        if sign * value >= sign * self.critical:
            return CRITICAL
        return WARNING if sign * value >= sign * self.warning else OK


@dataclass(frozen=True)
class Reading:
    """What a check found just now."""

    check: Check
    value: float | None

    @property
    def state(self):
        """ok, warning, critical, unknown."""
        return self.check.state_of(self.value)


MINUTE, HOUR, DAY = 60, 3600, 86400
CHECKS = (
    Check("database_seconds", _("Time of one question to the database"), 0.5, 5, serves=True),
    Check("database_read_only", _("1 where this node is connected to a standby"), 1, 1, serves=True),
    Check("database_connections_share", _("Connections in use, of all that are allowed"), 0.8, 0.95),
    Check("database_transaction_seconds", _("Age of the oldest transaction that is still open"), HOUR, 4 * HOUR),
    Check("standbys_missing", _("Standby databases that should be connected and are not"), 1, 2),
    Check("replica_lag_seconds", _("How far the slowest standby is behind"), 30, 5 * MINUTE),
    Check("archive_failing_seconds", _("For how long the archive of the write-ahead log has been failing"), 300, HOUR),
    Check("backup_age_seconds", _("Age of the last complete backup"), 26 * HOUR, 50 * HOUR),
    Check("inbox_age_seconds", _("How long the oldest message that came in waits to be worked on"), 5 * MINUTE, HOUR),
    Check("inbox_waiting", _("Messages that came in and wait to be worked on"), 1000, 10_000),
    Check("inbox_dead", _("Messages that came in and failed for good, to be looked at by a person"), 1, 100),
    Check("outbox_age_seconds", _("How long the oldest answer waits to be sent"), 10 * MINUTE, 2 * HOUR),
    Check("outbox_failed_day", _("Answers that could not be sent within the last 24 hours"), 20, 200),
    Check("mailbox_silent_seconds", _("Time since the mailboxes were last fetched"), 30 * MINUTE, 4 * HOUR),
    Check("scan_age_seconds", _("How long the oldest file waits for the virus scanner"), 15 * MINUTE, 4 * HOUR),
    Check("job_delay_seconds", _("By how much the most overdue scheduled job is late"), 15 * MINUTE, 2 * HOUR),
    Check("jobs_failing", _("Scheduled jobs whose last run failed"), 1, 5),
    Check("seal_delay_days", _("Days of the ledger that are over and not sealed"), 1, 3),
    Check("disk_free_share", _("Free space where attachments are kept, of the whole disk"), 0.15, 0.03, serves=True),
    Check("certificate_days", _("Days until the certificate of the address ends"), 21, 7),
    Check("storage_full_days", _("Days until storage is full, at the growth of the last 90 days"), 90, 14),
    Check(
        "second_factor_unsent", _("1 where codes of a second factor are demanded and no mail server sends them"), 1, 2
    ),
)
BY_NAME = {check.name: check for check in CHECKS}
COUNTERS = {
    "tickets": "Tickets ever made",
    "messages": "Messages ever stored",
    "events": "Rows ever written to the ledger",
    "inbox_events": "Payloads and mails ever taken in",
    "outbox_messages": "Answers ever queued",
    "transactions": "Transactions committed since the database's statistics began",
    "deadlocks": "Deadlocks since the database's statistics began",
}


def worst(readings):
    """The worst state among readings."""
    states = {reading.state for reading in readings}
    return next((state for state in STATES if state in states), OK)


def by_urgency(readings):
    """Readings, what needs somebody first; the order of the checks within one state."""
    return sorted(readings, key=lambda reading: STATES.index(reading.state))
