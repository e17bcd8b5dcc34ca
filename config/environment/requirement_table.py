"""Compares docs/requirements.md with the tests: every requirement marked as built must be named by a test."""

import re
from dataclasses import dataclass

from . import places
from .step import say

DOCUMENT = places.ROOT / "docs" / "requirements.md"
BUILT = "built"
ROW = re.compile(r"^\| *(?P<id>R\d[\w.]*) *\|(?P<meaning>[^|]*)\|(?P<state>[^|]*)\|(?P<tests>[^|]*)\|\s*$")


@dataclass(frozen=True)
class Requirement:
    """One row of the document: what it means, its state, and the test files it names."""

    id: str
    meaning: str
    state: str
    tests: tuple


def read(text):
    """Requirements in the document's text, in its order."""
    found = []
    for row in filter(None, map(ROW.match, text.splitlines())):
        tests = tuple(re.findall(r"`([^`]+)`", row["tests"]))
        found.append(Requirement(row["id"], row["meaning"].strip(), row["state"].strip(), tests))
    return found


def names(text, requirement_id):
    """Whether a test's text holds the id, and not only a longer one that begins with it."""
    return bool(re.search(rf"(?<![\w.]){re.escape(requirement_id)}(?![\w]|\.\w)", text))


def test_files():
    """Every file that may prove a requirement, with its text; the tests of this module only use ids as examples."""
    patterns = ("addons/*/tests/**/*.py", "addons/*/static/tests/**/*.js", "tests/**/*.py")
    found = {path for pattern in patterns for path in places.ROOT.glob(pattern)}
    found.discard(places.TESTS / "tooling" / "test_requirement_table.py")
    return {str(path.relative_to(places.ROOT)): path.read_text() for path in sorted(found)}


def without_test(requirements, files):
    """Requirements that no test names."""
    return [each for each in requirements if not any(names(text, each.id) for text in files.values())]


def faults(requirements, files):
    """What is wrong: built without a test, or a named test file that is missing or does not hold the id."""
    bare = {each.id for each in without_test(requirements, files)}
    found = [
        f"{each.id} is marked as built and no test names it"
        for each in requirements
        if each.state.startswith(BUILT) and each.id in bare
    ]
    found += [
        f"{each.id} names {path}, which is not there or does not hold the id"
        for each in requirements
        for path in each.tests
        if not names(files.get(path, ""), each.id)
    ]
    return found


def of_the_project():
    """The requirements in this project's document."""
    return read(DOCUMENT.read_text())


def check():
    """Print what is wrong with the project's document, and return it."""
    found = faults(of_the_project(), test_files())
    for fault in found:
        say(f"  docs/requirements.md: {fault}")
    return found


def table(requirements):
    """The table of the given requirements as text."""
    if not requirements:
        return "Every requirement is named by a test."
    width = max(len(each.state) for each in requirements)
    rows = (f"  {each.id:<9} {each.state:<{width}}  {each.meaning[:90]}" for each in requirements)
    return "\n".join(["Requirements without a test:", *rows])
