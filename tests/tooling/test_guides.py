"""The guides agree with the screens they tell of, so that they never go stale.

Words in bold are names of menus, buttons and fields. In the Indonesian guides each one is a translation that the
product or Odoo shows, in the English ones a term of theirs; a path of menus is written with ›.
"""

import importlib.util
import json
import re
import sys

import polib
import pytest

from config.environment import odoo_source, places

ADDON = places.ADDONS / "kemenkes_guides"
GUIDES = ADDON / "guides"
LIST = places.TESTS / "pictures" / "pictures.json"
NAMES = ("agent", "supervisor", "pusdatin", "administrator", "integrator")
LANGUAGES = ("id", "en")
FILES = [GUIDES / f"{name}.{language}.md" for name in NAMES for language in LANGUAGES]
BOLD = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
IMAGE = re.compile(r"!\[(.+?)\]\((.+?)\)")
MENU = "model:ir.ui.menu,name:"
NAME_OF_MODEL = re.compile(r'^    _name = "(helpdesk\.[a-z.]+)"', re.MULTILINE)
# Odoo's models, of which the guides tell as well.
MODELS_OF_ODOO = {"mail.canned.response", "maintenance.request", "resource.calendar"}


def parser():
    spec = importlib.util.spec_from_file_location("guide", ADDON / "tools" / "guide.py")
    module = importlib.util.module_from_spec(spec)
    # dataclasses look their module up
    sys.modules["guide"] = module
    spec.loader.exec_module(module)
    return module


def read(name, language):
    return parser().parse((GUIDES / f"{name}.{language}.md").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def entries():
    """The translations of all addons."""
    return [entry for path in places.ADDONS.glob("*/i18n/id.po") for entry in polib.pofile(str(path))]


@pytest.fixture(scope="module")
def own_terms(entries):
    """What the addons say, by language."""
    return {"id": {entry.msgstr for entry in entries}, "en": {entry.msgid for entry in entries}}


@pytest.fixture(scope="module")
def menus(entries):
    """Names of the addons' menus, by language: one word may be said otherwise elsewhere."""
    named = [entry for entry in entries if any(place.startswith(MENU) for place, _line in entry.occurrences)]
    return {"id": {entry.msgstr for entry in named}, "en": {entry.msgid for entry in named}}


def is_of_odoo(word, language):
    """Whether one of Odoo's own addons says it."""
    line = f'msg{"str" if language == "id" else "id"} "{word}"'
    folders = odoo_source.source().addons
    files = (path for folder in folders for path in folder.glob("*/i18n/id.po"))
    return any(line in path.read_text(encoding="utf-8") for path in files)


def test_every_guide_is_there_in_both_languages():
    assert sorted(GUIDES.glob("*.md")) == sorted(FILES)
    index = (places.ROOT / "docs" / "guides" / "README.md").read_text(encoding="utf-8")
    for file in FILES:
        assert f"(../../addons/kemenkes_guides/guides/{file.name})" in index


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_names_are_those_on_the_screen(file, own_terms):
    language = file.name.split(".")[1]
    words = {part for bold in BOLD.findall(file.read_text(encoding="utf-8")) for part in bold.split(" › ")}
    assert words
    unknown = [word for word in sorted(words - own_terms[language]) if not is_of_odoo(word, language)]
    assert unknown == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_paths_are_those_of_menus(file, menus):
    language = file.name.split(".")[1]
    paths = [bold.split(" › ") for bold in BOLD.findall(file.read_text(encoding="utf-8")) if " › " in bold]
    assert {part for path in paths for part in path} <= menus[language]


def test_a_name_that_is_nowhere_is_found_out(own_terms):
    assert "Tombol Karangan" not in own_terms["id"]
    assert not is_of_odoo("Tombol Karangan", "id")


@pytest.mark.parametrize("name", NAMES)
def test_languages_tell_the_same(name):
    indonesian, english = (read(name, language) for language in LANGUAGES)
    assert [(one.anchor, one.screens) for one in indonesian.sections] == [
        (one.anchor, one.screens) for one in english.sections
    ]
    assert len({one.anchor for one in english.sections}) == len(english.sections)
    pictures = [
        [image.replace(f".{language}.png", "") for _words, image in IMAGE.findall(text)]
        for language in LANGUAGES
        for text in [(GUIDES / f"{name}.{language}.md").read_text(encoding="utf-8")]
    ]
    assert pictures[0] == pictures[1]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_section_has_an_anchor(file):
    headings = re.findall(r"^## (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
    name, language, _suffix = file.name.split(".")
    guide = read(name, language)
    assert [section.title for section in guide.sections] == headings
    for section in guide.sections:
        assert f'<h2 id="{section.anchor}">' in guide.html
    assert "&lt;" not in guide.html


def test_screens_are_there():
    models = {
        name for path in places.ADDONS.glob("*/*/*.py") for name in NAME_OF_MODEL.findall(path.read_text("utf-8"))
    }
    told = {screen for name in NAMES for section in read(name, "id").sections for screen in section.screens}
    assert told - models == MODELS_OF_ODOO


def test_html_in_a_guide_is_text():
    guide = parser().parse("# A\n\n## B\n<!-- b: -->\n\n<script>alert(1)</script>\n\n[x](javascript:alert(1))\n")
    assert "<script" not in guide.html
    assert 'href="javascript' not in guide.html


def test_pictures_of_the_guides_are_those_of_the_list():
    listed = [one["picture"] for one in json.loads(LIST.read_text(encoding="utf-8"))]
    assert len(listed) == len(set(listed))
    for language in LANGUAGES:
        shown = {
            image
            for name in NAMES
            for _words, image in IMAGE.findall((GUIDES / f"{name}.{language}.md").read_text(encoding="utf-8"))
        }
        assert shown == {f"{picture}.{language}.png" for picture in listed}
    files = {str(path.relative_to(GUIDES)) for path in GUIDES.rglob("*.png")}
    assert files == {f"{picture}.{language}.png" for picture in listed for language in LANGUAGES}
