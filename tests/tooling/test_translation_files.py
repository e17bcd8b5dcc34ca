"""What `make translate` does to a PO file."""

import polib

from config.environment import translation_files


def entry(msgid, msgstr=""):
    return polib.POEntry(msgid=msgid, msgstr=msgstr, occurrences=[("code:addons/kemenkes_helpdesk/x.py", "0")])


def catalogue(*entries):
    result = polib.POFile()
    result.extend(entries)
    return result


def test_a_known_translation_stays_and_a_new_term_has_none():
    known = translation_files.translations(catalogue(entry("Ticket", "Tiket")))
    updated = translation_files.catalogue(catalogue(entry("Ticket"), entry("Tickets")), known, "id")
    assert [(term.msgid, term.msgstr) for term in updated] == [("Ticket", "Tiket"), ("Tickets", "")]
    assert not any(term.fuzzy for term in updated)


def test_a_term_that_is_gone_leaves_the_file():
    known = translation_files.translations(catalogue(entry("Ticket", "Tiket"), entry("Old", "Lama")))
    updated = translation_files.catalogue(catalogue(entry("Ticket")), known, "id")
    assert [term.msgid for term in updated] == ["Ticket"]


def test_the_same_terms_make_the_same_file(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(translation_files.places, "ADDONS", tmp_path)
    (tmp_path / "some_addon").mkdir()
    terms = tmp_path / "terms.pot"
    exported = catalogue(entry("Ticket"))
    exported.metadata = {"POT-Creation-Date": "2026-11-24 09:00+0000"}
    exported.save(str(terms))
    assert translation_files.main([f"some_addon={terms}"]) == 1
    assert "'Ticket'" in capsys.readouterr().out
    file = tmp_path / "some_addon" / "i18n" / "id.po"
    translated = polib.pofile(str(file))
    translated[0].msgstr = "Tiket"
    file.write_text(str(translation_files.catalogue(exported, {"Ticket": "Tiket"}, "id")))
    before = file.read_bytes()
    exported.metadata = {"POT-Creation-Date": "2027-01-01 09:00+0000"}
    exported.save(str(terms))
    assert translation_files.main([f"some_addon={terms}"]) == 0
    assert file.read_bytes() == before
