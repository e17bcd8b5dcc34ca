"""make release: versions, changelog, wheels (issue 9)."""

import datetime as dt
import subprocess
import zipfile

import pytest

from config.environment import addons, places, release
from config.environment.problem import Problem

DAY = dt.date(2026, 12, 1)
CHANGELOG = "# Changes\n\n## Unreleased\n\n- Something new.\n\n## 19.0.1.0.0 (2026-11-01)\n\n- The first.\n"


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project of two addons under git, of version 19.0.1.2.0."""
    found = []
    for name in ("one", "two"):
        folder = tmp_path / "addons" / name
        folder.mkdir(parents=True)
        (folder / "__manifest__.py").write_text(f'{{\n    "name": "{name}",\n    "version": "19.0.1.2.0",\n}}\n')
        found.append(addons.Addon(name=name, folder=folder, depends=(), demo=()))
    (tmp_path / "CHANGELOG.md").write_text(CHANGELOG)
    monkeypatch.setattr(places, "ROOT", tmp_path)
    monkeypatch.setattr(release, "CHANGELOG", tmp_path / "CHANGELOG.md")
    monkeypatch.setattr(release.addons, "discover", lambda: found)
    for variable in ("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"):
        monkeypatch.setenv(variable, "Tester")
    for variable in ("GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"):
        monkeypatch.setenv(variable, "tester@helpdesk.example")
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "Begin"]):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    return tmp_path


def git(folder, *words):
    return subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


def test_a_release_is_named(project):
    release.name("1.10.0", DAY)
    versions = {manifest.read_text() for manifest in release.manifests()}
    assert all('"version": "19.0.1.10.0",' in text for text in versions)
    text = (project / "CHANGELOG.md").read_text()
    assert "## Unreleased\n\n## 19.0.1.10.0 (2026-12-01)\n\n- Something new.\n\n## 19.0.1.0.0" in text
    assert git(project, "tag") == "v19.0.1.10.0"
    assert not git(project, "status", "--porcelain")


def test_the_release_before(project):
    with pytest.raises(Problem, match="no release before"):
        release.previous()
    release.name("1.3.0", DAY)
    first = git(project, "rev-parse", "HEAD")
    text = (project / "CHANGELOG.md").read_text()
    (project / "CHANGELOG.md").write_text(text.replace("## Unreleased\n", "## Unreleased\n\n- More.\n", 1))
    git(project, "commit", "-qam", "More")
    release.name("1.4.0", DAY)
    assert release.previous() == first


@pytest.mark.parametrize(
    ("number", "reason"), [("1.2.0", "does not come after"), ("1.1.9", "does not come after"), ("2", "three numbers")]
)
def test_a_wrong_number_changes_nothing(project, number, reason):
    with pytest.raises(Problem, match=reason):
        release.name(number, DAY)
    assert not git(project, "status", "--porcelain")


def test_nothing_is_released_unsaid_or_uncommitted(project):
    with pytest.raises(Problem, match="says nothing"):
        release.with_release("# Changes\n\n## Unreleased\n\n## 19.0.1.0.0 (2026-11-01)\n\n- Old.\n", "19.0.1.3.0", DAY)
    (project / "addons" / "one" / "new.py").write_text("")
    with pytest.raises(Problem, match="uncommitted"):
        release.name("1.3.0", DAY)


def test_all_addons_have_one_version_that_the_changelog_knows():
    assert f"\n## {release.current()} (" in release.CHANGELOG.read_text()


def test_wheel(tmp_path):
    """pip finds Odoo's addon in it where Odoo looks, with what git has of it, and what it needs."""
    folder = places.ADDONS / "kemenkes_sla"
    wheel = release.build_wheel(folder, tmp_path)
    assert wheel.name == f"odoo_addon_kemenkes_sla-{release.current()}-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        [metadata] = [archive.read(name).decode() for name in names if name.endswith(".dist-info/METADATA")]
    tracked = git(places.ROOT, "ls-files", "addons/kemenkes_sla").splitlines()
    expected = {f"odoo/{name}" for name in tracked if not name.endswith("pyproject.toml")}
    assert {name for name in names if name.startswith("odoo/")} == expected
    assert "Requires-Dist: odoo==19.0.*" in metadata
    assert "Requires-Dist: odoo-addon-kemenkes_helpdesk==19.0.*" in metadata
