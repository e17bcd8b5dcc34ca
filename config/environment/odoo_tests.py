"""Runs Odoo's tests of our addons on copies of the snapshot: no module is updated, so a run starts in seconds.

All tests are dealt out to a few Odoo processes by test file, the slow files first, so that each processor has work.
Tests tagged `demo_data` run in a process of their own, on a copy of the database with demo data.
"""

import ast
import json
import os
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from . import addons, database, machine, marker, odoo_command, places, process, results, snapshot
from .step import say

PREFIX = "kemenkes_test_"
PROCESSES = 2
DEMO_TAG = "demo_data"
# Tests that are known to fail, or were never seen to pass, each with its reason. A run prints them.
QUARANTINE = places.TESTS / "quarantine.txt"
# A guess of how long a test takes, until a run has measured its file.
SECONDS_A_TEST = 0.5
SECONDS_A_BROWSER_TEST = 8
SHOWN_LEVELS = ("ERROR", "CRITICAL")
DURATIONS = "test-durations"


@dataclass(frozen=True)
class Group:
    """Tests that run in one process: Odoo's test tags, the database layer they start from, a name."""

    name: str
    tags: str
    layer: str


def groups(selection=()):
    """What to run as groups: all tests, or only those that the words of `selection` name."""
    if selection:
        return _selected(selection)
    files = [file for addon in addons.discover() if addon.has_tests() for file in addon.folder.glob("tests/test_*.py")]
    dealt = [
        Group(
            str(number),
            ",".join([*(_file_tag(file) for file in hand), f"-{DEMO_TAG}", *_left_out()]),
            snapshot.name(),
        )
        for number, hand in enumerate(deal(_weights(files), PROCESSES), 1)
        if hand
    ]
    if any(_uses_demo_data(file) for file in files):
        dealt.append(Group("demo", ",".join([DEMO_TAG, *_left_out()]), snapshot.demo_name()))
    return dealt


def quarantined():
    """Tests that a run of everything leaves out: ``{"addon:Class.method": reason}``; a named one runs all the same."""
    lines = [line.split("#")[0].strip() for line in QUARANTINE.read_text().splitlines()]
    return dict(line.split(None, 1) for line in lines if line)


def _left_out():
    return [f"-/{test}" for test in quarantined()]


def tag(word):
    """Odoo's test tag for `addon`, `addon:Class`, `addon:Class.method` or `addon/tests/test_x.py`.

    `addons/` may stand before it. A class that is named runs whatever its own tags are.
    """
    return ("*/" if ":" in word else "/") + word.removeprefix("addons/")


def _selected(selection):
    """Two groups at most: what starts from the database with demo data is a process of its own here, too."""
    needs = {word: _needs_of(word) for word in selection}
    ordinary = [tag(word) for word in selection if False in needs[word]]
    demo = [
        # the other tests of the same addon or file are in the other group
        f"{DEMO_TAG}{tag(word)}" if False in needs[word] else tag(word)
        for word in selection
        if True in needs[word]
    ]
    groups_by_need = [
        Group("selected", ",".join([*ordinary, f"-{DEMO_TAG}"]), snapshot.name()) if ordinary else None,
        Group("selected_demo", ",".join(demo), snapshot.demo_name()) if demo else None,
    ]
    return [group for group in groups_by_need if group]


def _needs_of(word):
    """Of the tests that a word of a selection names: whether they need demo data, True, False or both, as a set."""
    path, _, test = word.removeprefix("addons/").partition(":")
    place = places.ADDONS / path.rstrip("/")
    files = [place] if place.is_file() else place.glob("tests/test_*.py")
    classes = [pair for file in files for pair in _test_classes(file).items()]
    return {needs for name, needs in classes if not test or name == test.split(".")[0]} or {False}


def _test_classes(file):
    """``{name of a class of tests: whether it needs demo data}``"""
    return {
        node.name: any(DEMO_TAG in ast.dump(decorator) for decorator in node.decorator_list)
        for node in ast.parse(file.read_text()).body
        if isinstance(node, ast.ClassDef) and node.name.startswith("Test")
    }


def needs_demo(wanted):
    """Whether one of the groups starts from the database with demo data."""
    return any(group.layer.startswith(snapshot.DEMO) for group in wanted)


def _uses_demo_data(file):
    return any(_test_classes(file).values())


def _file_tag(file):
    return "/" + str(file.relative_to(places.ADDONS))


def _weights(files):
    """Seconds that each test file is expected to take."""
    measured = json.loads(marker.read(DURATIONS) or "{}")
    return {file: measured.get(_file_tag(file)) or _guess(file) for file in files}


def _guess(file):
    text = file.read_text()
    each = SECONDS_A_BROWSER_TEST if "browser_js" in text or "start_tour" in text else SECONDS_A_TEST
    return each * text.count("def test_")


def deal(weights, hands):
    """Split the keys of `weights` into `hands` lists of about equal weight: heaviest first, to the lightest hand."""
    dealt = [[] for _ in range(hands)]
    totals = [0.0] * hands
    for item in sorted(weights, key=lambda key: (-weights[key], str(key))):
        lightest = totals.index(min(totals))
        dealt[lightest].append(item)
        totals[lightest] += weights[item]
    return dealt


def run(server, wanted):
    """Run the groups side by side; the sum of their counts."""
    _remove_left_over(server)
    with ThreadPoolExecutor(PROCESSES) as pool:
        done = list(pool.map(lambda group: _run_group(server, group), wanted))
    _note_durations([path for _counts, path in done])
    return sum((counts for counts, _path in done), results.Counts())


def _remove_left_over(server):
    """Drop the databases of runs that were killed."""
    for name in database.names(server, PREFIX):
        owner = name.removeprefix(PREFIX).split("_")[0]
        if owner.isdigit() and not process.alive(int(owner)):
            database.remove(server, name)


def _run_group(server, group):
    name = f"{PREFIX}{os.getpid()}_{group.name}"
    log = places.LOG / f"test-{group.name}.log"
    database.copy(server, group.layer, name)
    database.relax(server, name)
    try:
        exit_code = _run_odoo(name, group.tags, log)
    finally:
        database.remove(server, name)
    counts = results.of_odoo(log.read_text(errors="replace").splitlines(), exit_code)
    say(f"  Odoo tests, group {group.name}: {counts.line()} (log: {places.shown(log)})")
    return counts, log


def _run_odoo(name, tags, log):
    arguments = [
        "server",
        "-d",
        name,
        "--test-tags",
        tags,
        "--http-port",
        str(machine.free_port()),
        "--max-cron-threads",
        "0",
        "--log-handler",
        "odoo.tests.stats:DEBUG",
    ]
    with log.open("w") as output:
        odoo = subprocess.Popen(
            odoo_command.words(*arguments),
            env=odoo_command.environment(),
            cwd=places.ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        try:
            _show_failures(odoo.stdout, output)
            return odoo.wait()
        finally:
            odoo.kill()


_printing = threading.Lock()


def _show_failures(lines, log):
    """Copy the lines to `log`, and print the records that tell of a failure, each with its traceback in one piece."""
    shown = []
    for line in lines:
        log.write(line)
        record = results.RECORD.match(line)
        if record:
            _print_together(shown)
            shown = [line] if record["level"] in SHOWN_LEVELS else []
        elif shown:
            shown.append(line)
    _print_together(shown)


def _print_together(lines):
    if lines:
        with _printing:
            say("".join(lines).rstrip())


def _note_durations(logs):
    """Remember how long each test file took, for the next dealing out."""
    seconds = json.loads(marker.read(DURATIONS) or "{}")
    classes = _classes_by_name()
    measured = {}
    for log in logs:
        for module, name, taken in results.durations(log.read_text(errors="replace")):
            file = classes.get((module, name))
            if file:
                measured[file] = measured.get(file, 0) + taken
    marker.write(DURATIONS, json.dumps({**seconds, **measured}, indent=1))


def _classes_by_name():
    return {
        (addon.name, f"{file.stem}.{line.split('(')[0].split(':')[0].split()[1]}"): _file_tag(file)
        for addon in addons.discover()
        for file in addon.folder.glob("tests/test_*.py")
        for line in file.read_text().splitlines()
        if line.startswith("class ")
    }
