"""R27.a.3: the table for auditors counts right and names what is there."""

import re
from collections import Counter

import pytest

from config.environment import places

PAGE = (places.ROOT / "docs" / "asvs.md").read_text(encoding="utf-8")
LINES = dict(re.findall(r"^\| (\d+\.\d+\.\d+) \| ([a-z ]+?) \|", PAGE, re.MULTILINE))
SENTENCE = re.compile(
    r"Of (\d+) lines (\d+) are met, (\d+) partly, (\d+) by operation, none is missing, (\d+) do not apply"
)
FOLDERS = (places.ROOT, places.ADDONS, places.ADDONS / "kemenkes_helpdesk", places.ADDONS / "kemenkes_operations")
NAMED = set(re.findall(r"`([\w/.]+/[\w.]+\.\w+)`", PAGE))
METHODS = re.findall(r"`(?:[\w/]+/)?(test_\w+\.py)` \(([^)]*`test_\w+`[^)]*)\)", PAGE)


def files_named(name):
    """Files of that name, of an addon or of the tools."""
    return [*places.ADDONS.glob(f"*/tests/{name}"), *places.TESTS.rglob(name)]


def test_the_sentence_counts_the_table():
    states = Counter(LINES.values())
    kinds = ("met", "partly", "by operation", "does not apply")
    assert [int(number) for number in SENTENCE.search(PAGE).groups()] == [
        len(LINES),
        *(states[kind] for kind in kinds),
    ]


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`(test_\w+\.py)`", PAGE))))
def test_a_named_test_is_there(name):
    assert files_named(name)


@pytest.mark.parametrize(("name", "methods"), METHODS)
def test_a_named_method_is_there(name, methods):
    text = "".join(path.read_text(encoding="utf-8") for path in files_named(name))
    for method in re.findall(r"`(test_\w+)`", methods):
        assert re.search(rf"def {method}", text), method


@pytest.mark.parametrize("name", sorted(NAMED))
def test_a_named_file_is_there(name):
    assert any((folder / name).exists() for folder in FOLDERS)
