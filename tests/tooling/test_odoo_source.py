"""Where Odoo comes from."""

import pytest

from config.environment import odoo_source
from config.environment.problem import Problem

DEBIAN = {"ID": "debian", "VERSION_CODENAME": "bookworm"}
TARGETS = """
https://mirror.example/tools tools-bookworm main
https://mirror.example/node nodistro main
https://mirror.example/debian/ bookworm contrib
https://mirror.example/debian/ bookworm main
https://mirror.example/debian/ bookworm-updates main
"""


@pytest.mark.parametrize(
    ("targets", "release", "expected"),
    [
        (TARGETS, DEBIAN, ("https://mirror.example/debian/", "bookworm")),
        ("https://mirror.example/d/ stable main", DEBIAN, ("https://mirror.example/d/", "stable")),
        ("", DEBIAN, None),
        (TARGETS, {"ID": "ubuntu", "VERSION_CODENAME": "noble"}, None),
    ],
)
def test_debian_mirror(targets, release, expected):
    assert odoo_source.debian_mirror(targets, release) == expected


@pytest.mark.parametrize(
    ("python_path", "script"),
    [("", "odoo-bin"), ("usr/lib/python3/dist-packages", "usr/bin/odoo")],
    ids=["clone", "unpacked package"],
)
def test_both_kinds_of_folder_are_recognised(tmp_path, python_path, script):
    release = tmp_path / python_path / "odoo" / "release.py"
    release.parent.mkdir(parents=True)
    release.write_text("version_info = (19, 0, 0, FINAL, 0, '')\n")
    assert odoo_source.find(tmp_path) is None
    (tmp_path / script).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / script).touch()
    found = odoo_source.find(tmp_path)
    assert found.python_path == tmp_path / python_path
    assert found.script == tmp_path / script
    release.write_text("version_info = (18, 0, 0, FINAL, 0, '')\n")
    assert odoo_source.find(tmp_path) is None


def test_given_folder_without_odoo(tmp_path, monkeypatch):
    monkeypatch.setenv("ODOO_SOURCE", str(tmp_path))
    with pytest.raises(Problem, match=r"no Odoo 19\.0 in"):
        odoo_source.source_step().done()
