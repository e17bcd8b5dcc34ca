"""Counting tests: a run that proved nothing must never look green."""

import pytest

from config.environment import results
from config.environment.results import Counts

STAMP = "2026-11-24 08:43:49,829 12395 {} kemenkes_test {}: {}"
STARTED = STAMP.format("INFO", "odoo.addons.kemenkes_helpdesk.tests.test_x", "Starting TestX.test_a ...")


def total(text, level="INFO"):
    return STAMP.format(level, "odoo.tests.result", f"{text} when loading database 'x'")


def skipped(reason):
    return STAMP.format("INFO", "odoo.addons.kemenkes_helpdesk.tests.test_x", f"skipped TestX.test_a : {reason}")


@pytest.mark.parametrize(
    ("lines", "exit_code", "expected"),
    [
        ([STARTED, total("0 failed, 0 error(s) of 7 tests")], 0, Counts(7)),
        ([total("1 failed, 2 error(s) of 7 tests", "ERROR")], 1, Counts(4, 3)),
        ([skipped("needs a printer"), total("0 failed, 0 error(s) of 7 tests")], 0, Counts(6, 0, 1)),
        ([skipped("Chrome executable not found"), total("0 failed, 0 error(s) of 7 tests")], 0, Counts(6, 1, 0)),
        (
            [skipped("websocket-client module is not installed"), total("0 failed, 0 error(s) of 2 tests")],
            0,
            Counts(1, 1),
        ),
        ([total("0 failed, 0 error(s) of 0 tests", "WARNING")], 0, Counts(0, 1)),
        ([STARTED], 0, Counts(0, 1)),
        ([], 1, Counts(0, 1)),
        ([total("0 failed, 0 error(s) of 7 tests")], 1, Counts(7, 1)),
        ([total("0 failed, 3 error(s) of 0 tests", "ERROR")], 1, Counts(0, 3)),
    ],
    ids=[
        "green",
        "red",
        "skip",
        "no browser",
        "no websocket",
        "none ran",
        "no total",
        "crash",
        "bad end",
        "class set-up",
    ],
)
def test_odoo_run_is_counted(lines, exit_code, expected):
    assert results.of_odoo(lines, exit_code) == expected


def test_javascript_tests_are_counted():
    logger = "odoo.addons.x.tests.test_hoot.TestHoot.test_components.browser"
    lines = [
        STAMP.format("INFO", logger, '[HOOT] Test "@x/a/shows \\"all\\"" passed (assertions: 1 / time: 4 ms) '),
        STAMP.format("INFO", logger, '[HOOT] "@x/a" ended (passed: 1 / failed: 1 / time: 9 ms) '),
        STAMP.format("ERROR", logger, '[HOOT] Test "@x/a/it hides" failed:'),
        total("1 failed, 0 error(s) of 3 tests", "ERROR"),
    ]
    assert results.of_odoo(lines, 1) == Counts(3, 2)


def test_a_line_printed_by_a_test_is_no_total():
    printed = STAMP.format("INFO", "odoo.addons.x.tests.test_x", "0 failed, 0 error(s) of 99 tests")
    assert results.of_odoo([printed, total("0 failed, 0 error(s) of 7 tests")], 0) == Counts(7)


@pytest.mark.parametrize(
    ("attributes", "exit_code", "expected"),
    [
        ('tests="5" failures="0" errors="0" skipped="0"', 0, Counts(5)),
        ('tests="5" failures="1" errors="1" skipped="1"', 1, Counts(2, 2, 1)),
        ('tests="0" failures="0" errors="0" skipped="0"', 5, Counts(0, 1)),
        ('tests="5" failures="0" errors="0" skipped="0"', 3, Counts(5, 1)),
    ],
)
def test_pytest_report_is_counted(tmp_path, attributes, exit_code, expected):
    report = tmp_path / "report.xml"
    report.write_text(f"<testsuites><testsuite {attributes}/></testsuites>")
    assert results.of_pytest(report, exit_code) == expected


def test_pytest_without_report_failed(tmp_path):
    assert results.of_pytest(tmp_path / "report.xml", 0) == Counts(0, 1)


def test_closing_line():
    assert Counts(3).line() == "3 passed, 0 failed"
    assert Counts(3, 1, 2).line() == "3 passed, 1 failed, 2 skipped"


def test_durations_are_read_per_class():
    log = "\n\t".join(
        [
            "Detailed Tests Report:",
            "kemenkes_x: 3.00s 9 queries",
            "kemenkes_x.test_a.TestA: 2.50s 7 queries",
            "kemenkes_x.test_a.TestA.test_b: 2.50s 7 queries\n",
        ]
    )
    assert results.durations(log) == [("kemenkes_x", "test_a.TestA", 2.5)]
