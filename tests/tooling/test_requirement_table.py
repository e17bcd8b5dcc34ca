"""The project's requirement document against its tests."""

from config.environment import requirement_table
from config.environment.requirement_table import Requirement

TEXT = """
| id | meaning | state | tests |
|---|---|---|---|
| R27.b | Reports | planned (#3) | |
| R27.b.4 | Merge | built | `tests/test_merge.py` |
"""
MERGE = Requirement("R27.b.4", "Merge", "built", ("tests/test_merge.py",))


def test_rows_are_read():
    assert requirement_table.read(TEXT) == [Requirement("R27.b", "Reports", "planned (#3)", ()), MERGE]


def test_an_id_is_not_its_longer_neighbour():
    assert requirement_table.names("proves R27.b.4.", "R27.b.4")
    assert not requirement_table.names("proves R27.b.4", "R27.b")
    assert not requirement_table.names("proves R27.b.41", "R27.b.4")
    assert requirement_table.names("test_R27.b.4", "R27.b.4") is False
    assert requirement_table.names("(R27.b)", "R27.b")


def test_built_needs_a_test_that_names_it():
    assert requirement_table.faults([MERGE], {"tests/test_merge.py": "R27.b.4"}) == []
    assert requirement_table.faults([MERGE], {"tests/test_merge.py": "nothing"}) == [
        "R27.b.4 is marked as built and no test names it",
        "R27.b.4 names tests/test_merge.py, which is not there or does not hold the id",
    ]


def test_planned_needs_none():
    planned = Requirement("R3", "Roster", "planned (#4)", ())
    assert requirement_table.faults([planned], {}) == []
    assert requirement_table.without_test([planned, MERGE], {"a": "R27.b.4"}) == [planned]


def test_the_project_document_has_each_clause_once():
    ids = [each.id for each in requirement_table.read(requirement_table.DOCUMENT.read_text())]
    assert len(ids) > 50
    assert len(ids) == len(set(ids))
