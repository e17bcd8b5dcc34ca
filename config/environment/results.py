"""Counts of tests, read from what Odoo and pytest leave behind."""

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass

RECORD = re.compile(
    r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \d+ (?P<level>[A-Z]+) \S+ (?P<logger>\S+): (?P<message>.*)$"
)
TOTAL = re.compile(r"^(\d+) failed, (\d+) error\(s\) of (\d+) tests")
SKIPPED = re.compile(r"^skipped (?P<test>\S+.*?) : (?P<reason>.*)$")
# Hoot, Odoo's runner for JavaScript, tells of each test on the browser's console.
HOOT = re.compile(r"^\[HOOT\] Test \".*\" (passed|failed)\b")
# A browser test that finds no browser skips itself; it proved nothing, so it counts as failed.
NO_BROWSER = re.compile(r"chrome|websocket", re.IGNORECASE)


@dataclass(frozen=True)
class Counts:
    """How many tests passed, failed, were skipped."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other):
        return Counts(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)

    def line(self):
        """The closing line of a test run."""
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.passed} passed, {self.failed} failed{skipped}"


def of_odoo(lines, exit_code):
    """Counts of one Odoo test process from the lines of its log.

    A process that ends before it says how many tests ran, or runs none, or ends badly though no test failed, failed.
    JavaScript tests count beside the Python test that runs them in a browser.
    """
    total, skipped, without_browser = None, 0, 0
    javascript = {"passed": 0, "failed": 0}
    for line in lines:
        record = RECORD.match(line)
        if not record:
            continue
        message = record["message"]
        if hoot := HOOT.match(message):
            javascript[hoot[1]] += 1
        elif record["logger"] == "odoo.tests.result" and TOTAL.match(message):
            total = [int(number) for number in TOTAL.match(message).groups()]
        elif SKIPPED.match(message) and ".tests." in record["logger"]:
            skipped += 1
            without_browser += bool(NO_BROWSER.search(SKIPPED.match(message)["reason"]))
    if total is None or not any(total):
        return Counts(failed=1)
    failures, errors, ran = total
    failed = failures + errors + without_browser + javascript["failed"]
    if exit_code and not failed:
        failed = 1
    passed = max(0, ran - skipped - failures - errors) + javascript["passed"]
    return Counts(passed, failed, skipped - without_browser)


def of_pytest(report, exit_code):
    """Counts from pytest's JUnit report; a run that left none is a failure."""
    if not report.exists():
        return Counts(failed=1)
    counts = Counts()
    for suite in ET.parse(report).getroot().iter("testsuite"):
        number = {name: int(suite.get(name, 0)) for name in ("tests", "failures", "errors", "skipped")}
        failed = number["failures"] + number["errors"]
        counts += Counts(number["tests"] - failed - number["skipped"], failed, number["skipped"])
    if counts == Counts() or (exit_code and not counts.failed):
        return counts + Counts(failed=1)
    return counts


def durations(log):
    """(module, `file.Class`, seconds) for each test class in Odoo's detailed report."""
    found = re.findall(r"^\t(\w+)\.(test_\w+\.\w+): ([\d.]+)s \d+ queries$", log, re.MULTILINE)
    return [(module, name, float(seconds)) for module, name, seconds in found]
