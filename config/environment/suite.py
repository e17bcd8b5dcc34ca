"""All tests of the project, or a selection, and the closing lines."""

import subprocess

from . import (
    browser,
    machine,
    node_packages,
    odoo_command,
    odoo_tests,
    places,
    postgres,
    python_packages,
    requirement_table,
    results,
    setup,
    snapshot,
)
from .step import carry_out, say

PYTEST_REPORT = places.LOG / "pytest.xml"


def run(selection):
    """Set up, test, print the counts and, for a run of everything, the requirements without a test. The exit code."""
    machine.check_python()
    paths = [word for word in selection if word.split("::")[0].startswith("tests")]
    odoo_words = [word for word in selection if word not in paths]
    with setup.one_at_a_time():
        setup.prepare(python_packages.requirements_step(python_packages.DEVELOPMENT), browser.step())
        node_packages.prepare(node_packages.AXE)
    counts = results.Counts()
    if odoo_words or not selection:
        counts += _odoo(odoo_words)
    if paths or not selection:
        counts += _pytest(paths)
    faults = [] if selection else requirement_table.check()
    say(f"\n{results.Counts(counts.passed, counts.failed + len(faults), counts.skipped).line()}")
    if not selection:
        say(_quarantine())
        say("\n" + _requirements_without_test())
    return 1 if counts.failed or faults else 0


def _odoo(words):
    with postgres.running() as server:
        with setup.one_at_a_time():
            setup.prepare_snapshot(server)
            groups = odoo_tests.groups(words)
            if odoo_tests.needs_demo(groups):
                carry_out([snapshot.demo_step(server)])
        return odoo_tests.run(server, groups)


def _pytest(paths):
    PYTEST_REPORT.unlink(missing_ok=True)
    command = [str(places.PYTHON), "-m", "pytest", "-q", f"--junitxml={PYTEST_REPORT}", *(paths or ["tests"])]
    with postgres.running() as server:
        odoo_command.write_conf(server)
        result = subprocess.run(command, cwd=places.ROOT, env=odoo_command.environment(), check=False)
    return results.of_pytest(PYTEST_REPORT, result.returncode)


def _requirements_without_test():
    requirements = requirement_table.of_the_project()
    return requirement_table.table(requirement_table.without_test(requirements, requirement_table.test_files()))


def _quarantine():
    tests = odoo_tests.quarantined()
    if not tests:
        return "\nNo test is in quarantine."
    return "\n".join(
        [
            f"\n{len(tests)} tests are in quarantine and were not run:",
            *(f"  {name}: {why}" for name, why in tests.items()),
        ]
    )
