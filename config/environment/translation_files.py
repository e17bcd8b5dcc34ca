"""Run in the virtual environment, which has polib: `python -m config.environment.translation_files ADDON=TERMS ...`.

Brings each addon's i18n folder up to date with its terms (a file as Odoo exports it): the template ADDON.pot, and for
each language a file that keeps its translations word for word, gains the new terms without one, and loses the terms
that are gone. Nothing is guessed, and nothing is written that depends on the day, so a difference is a change of words.
"""

import sys

import polib

from . import places
from .step import say

LANGUAGES = ("id",)
# As most PO editors write it, and wide enough that a line is rarely broken anew.
LINE_WIDTH = 119


def main(arguments):
    """Update every addon named; prints the terms without a translation. Exit code 1 when there are any."""
    lacking = 0
    for argument in arguments:
        addon, _, terms = argument.partition("=")
        template = polib.pofile(terms)
        folder = places.ADDONS / addon / "i18n"
        folder.mkdir(exist_ok=True)
        _write(catalogue(template, {}), folder / f"{addon}.pot")
        for language in LANGUAGES:
            lacking += _update(folder / f"{language}.po", template, language)
    return 1 if lacking else 0


def _update(path, template, language):
    known = translations(polib.pofile(str(path))) if path.exists() else {}
    updated = catalogue(template, known, language)
    _write(updated, path)
    without = [entry for entry in updated if not entry.msgstr]
    for entry in without:
        say(f"  {entry.msgid!r}  ({entry.occurrences[0][0]})")
    say(f"  {places.shown(path)}: {len(updated)} terms, {len(without)} without a translation")
    return len(without)


def translations(catalogue):
    """Source text to translation, of the entries that have one."""
    return {entry.msgid: entry.msgstr for entry in catalogue if entry.msgstr and not entry.obsolete}


def catalogue(template, known, language=""):
    """A new catalogue of the terms of `template`, in its order, with the translations in `known`."""
    result = polib.POFile(wrapwidth=LINE_WIDTH)
    result.metadata = {
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
    }
    if language:
        result.metadata["Language"] = language
    for term in template:
        result.append(
            polib.POEntry(
                msgid=term.msgid,
                msgstr=known.get(term.msgid, ""),
                comment=term.comment,
                occurrences=term.occurrences,
            )
        )
    return result


def _write(catalogue, path):
    path.write_text(str(catalogue))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
