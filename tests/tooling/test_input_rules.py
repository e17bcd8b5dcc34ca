"""R27.a.3: the limits that docs/input.md tells auditors are those of the code."""

import ast
import re

import pytest

from config.environment import places

LIMIT = re.compile(r"^\| [^|]+ \| (\d+) \| `([\w/]+\.py)` `(\w+)` \|$", re.MULTILINE)
FILE = re.compile(r"`((?:kemenkes_\w+|tests)/[\w/.]+)`")
PAGE = (places.ROOT / "docs" / "input.md").read_text(encoding="utf-8")
LIMITS = LIMIT.findall(PAGE)


def constants(path):
    """Names and values of a module's numbers, without running it."""
    found = {}
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign):
            names, values = node.targets[0], node.value
            pairs = zip(names.elts, values.elts, strict=True) if isinstance(names, ast.Tuple) else [(names, values)]
            for name, value in pairs:
                source = ast.unparse(value)
                if isinstance(name, ast.Name) and re.fullmatch(r"[\w\s*]+", source):
                    product = [found.get(part, part) for part in source.split(" * ")]
                    if all(str(part).replace("_", "").isdigit() for part in product):
                        found[name.id] = 1
                        for part in product:
                            found[name.id] *= int(part)
    return found


def test_limits_are_listed():
    assert len(LIMITS) > 25


@pytest.mark.parametrize(("number", "path", "name"), LIMITS, ids=[f"{path}:{name}" for _, path, name in LIMITS])
def test_a_limit_is_that_of_the_code(number, path, name):
    assert constants(places.ADDONS / path)[name] == int(number)


@pytest.mark.parametrize("path", sorted(set(FILE.findall(PAGE))))
def test_a_named_place_is_there(path):
    folder = places.ROOT if path.startswith("tests/") else places.ADDONS
    assert (folder / path).exists()


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`(test_\w+\.py)`", PAGE))))
def test_a_named_test_is_there(name):
    assert list(places.ADDONS.glob(f"*/tests/{name}")) or list(places.TESTS.rglob(name))
