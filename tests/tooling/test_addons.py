"""When a database needs an update, and how tests are dealt out."""

import ast

import pytest

from config.environment import addons, odoo_tests, places
from config.environment.process import alive


@pytest.fixture
def addon(tmp_path):
    folder = tmp_path / "kemenkes_x"
    for name, text in {
        "__manifest__.py": '{"depends": ["mail", "kemenkes_y"], "demo": ["demo/x.xml"]}',
        "models/ticket.py": "a = 1",
        "tests/__init__.py": "",
        "tests/test_x.py": "",
        "static/src/x.js": "",
        "demo/x.xml": "<odoo/>",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    (found,) = addons.discover(tmp_path)
    return found


@pytest.mark.parametrize(
    ("file", "installed", "demo"),
    [
        ("models/ticket.py", True, False),
        ("views/new.xml", True, False),
        ("tests/test_x.py", False, False),
        ("static/src/x.js", False, False),
        ("models/__pycache__/ticket.cpython-311.pyc", False, False),
        ("demo/x.xml", False, True),
    ],
)
def test_what_changes_a_database(addon, file, installed, demo):
    before = addon.fingerprint(), addon.demo_fingerprint()
    (addon.folder / file).parent.mkdir(parents=True, exist_ok=True)
    (addon.folder / file).write_text("changed")
    assert (addon.fingerprint() != before[0], addon.demo_fingerprint() != before[1]) == (installed, demo)


def test_dependencies_that_are_not_ours(addon, tmp_path):
    assert addons.foreign_dependencies([addon]) == ["kemenkes_y", "mail"]
    (tmp_path / "kemenkes_y").mkdir()
    (tmp_path / "kemenkes_y" / "__manifest__.py").write_text('{"depends": ["portal"]}')
    assert addons.foreign_dependencies(addons.discover(tmp_path)) == ["mail", "portal"]


def test_addon_that_cannot_be_installed_is_left_out(tmp_path):
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "__manifest__.py").write_text('{"installable": False}')
    assert addons.discover(tmp_path) == []


def test_tests_are_dealt_out_evenly():
    weights = {"a": 10, "b": 6, "c": 5, "d": 1}
    assert odoo_tests.deal(weights, 2) == [["a", "d"], ["b", "c"]]
    assert odoo_tests.deal({"a": 1}, 2) == [["a"], []]


@pytest.mark.parametrize(
    ("word", "tag"),
    [
        ("kemenkes_x", "/kemenkes_x"),
        ("kemenkes_x:TestA", "*/kemenkes_x:TestA"),
        ("kemenkes_x:TestA.test_b", "*/kemenkes_x:TestA.test_b"),
        ("addons/kemenkes_x/tests/test_a.py", "/kemenkes_x/tests/test_a.py"),
    ],
)
def test_words_become_tags(word, tag):
    assert odoo_tests.tag(word) == tag


def test_demo_tests_get_the_demo_database(addon, monkeypatch):
    monkeypatch.setattr(places, "ADDONS", addon.folder.parent)
    monkeypatch.setattr(odoo_tests.snapshot, "name", lambda: "kemenkes_snapshot_1")
    monkeypatch.setattr(odoo_tests.snapshot, "demo_name", lambda: "kemenkes_demo_1")
    (addon.folder / "tests" / "test_x.py").write_text("class TestX(TransactionCase):\n    pass")
    (addon.folder / "tests" / "test_demo.py").write_text(
        'class TestStory(TransactionCase):\n    pass\n@tagged("demo_data")\nclass TestDemo(TransactionCase):\n    pass'
    )

    def wanted(*words):
        return [(group.tags, group.layer) for group in odoo_tests.groups(words)]

    one, other = "kemenkes_snapshot_1", "kemenkes_demo_1"
    assert wanted("kemenkes_x:TestDemo") == [("*/kemenkes_x:TestDemo", other)]
    assert wanted("kemenkes_x:TestStory.test_a") == [("*/kemenkes_x:TestStory.test_a,-demo_data", one)]
    # both kinds in one call: each in a group of its own, and none is left out
    assert wanted("kemenkes_x:TestDemo", "kemenkes_x:TestX") == [
        ("*/kemenkes_x:TestX,-demo_data", one),
        ("*/kemenkes_x:TestDemo", other),
    ]
    assert wanted("kemenkes_x") == [("/kemenkes_x,-demo_data", one), ("demo_data/kemenkes_x", other)]
    file = "kemenkes_x/tests/test_demo.py"
    assert wanted(file) == [(f"/{file},-demo_data", one), (f"demo_data/{file}", other)]


def test_alive():
    assert alive(1)
    assert not alive(2**22 - 3)


def holds_tests(node):
    return isinstance(node, ast.ClassDef) and any(
        isinstance(part, ast.FunctionDef) and part.name.startswith("test") for part in node.body
    )


def test_every_class_of_tests_is_run():
    """Without a tag Odoo runs a class only while its addon is installed: here never."""
    untagged = [
        f"{path.stem}.{node.name}"
        for path in sorted(places.ADDONS.glob("*/tests/test_*.py"))
        for node in ast.parse(path.read_text()).body
        if holds_tests(node) and not any("post_install" in ast.dump(decorator) for decorator in node.decorator_list)
    ]
    assert untagged == []
