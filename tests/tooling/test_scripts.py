"""R27.a.3: what the scripts of our pages must not do with what a server or a stranger sends."""

import re

import pytest

from config.environment import places

SCRIPTS = sorted(places.ADDONS.glob("*/static/src/**/*.js"))
# OWASP ASVS 15.3.6: a key from outside that is "__proto__" changes all objects when what lies behind it is written to.
POLLUTING = re.compile(
    r"""\]\s*\[[^\]'"\d][^\]]*\]\s*=[^=]   # object[key][other] = value
    |__proto__|\bprototype\s*\[
    |\$\.extend\(\s*true|\b(?:deepMerge|mergeDeep|defaultsDeep)\(
    |\bfor\s*\(\s*(?:const|let|var)\s+\w+\s+in\b""",
    re.VERBOSE,
)


@pytest.mark.parametrize("path", SCRIPTS, ids=places.shown)
def test_no_foreign_key_reaches_the_prototype(path):
    assert POLLUTING.findall(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("target[one][two] = value;", True),
        ("$.extend(true, {}, answer)", True),
        ("for (const key in answer) { target[key] = answer[key]; }", True),
        ("this.people[userId] = name;", False),
        ("const [[first], [second]] = pairs;", False),
        ("rows[0][1] === value", False),
    ],
)
def test_the_expression_finds_what_it_is_for(text, is_found):
    assert bool(POLLUTING.search(text)) == is_found


# A script that puts text into a page as HTML; OWL's templates escape. Each stands here with what makes it harmless.
AS_HTML = re.compile(
    r"\bmarkup\(|\b(?:inner|outer)HTML\b|insertAdjacentHTML|document\.write|\bt-raw\b|createContextualFragment"
)
HARMLESS = {"macro_dialog.js": "a preview that the server has rendered and its Html field has cleaned"}


def test_no_text_becomes_html():
    """R27.a.3: what a customer wrote is shown as typed."""
    pages = [*SCRIPTS, *places.ADDONS.glob("*/static/src/**/*.xml"), *places.ADDONS.glob("*/views/*.xml")]
    found = {path.name for path in pages if AS_HTML.search(path.read_text(encoding="utf-8"))}
    assert found == set(HARMLESS)
