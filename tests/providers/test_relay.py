"""The relay through WhatsApp Web, with pywhatkit played: one message at a time, every outcome reported (R23.c.3)."""

import os
import sys
import types

import pytest

from relay import whatsapp_web


class PlayedHelpdesk:
    def __init__(self, *messages):
        self.messages, self.reports = list(messages), []

    def take(self):
        return self.messages.pop(0) if self.messages else None

    def report(self, message_id, error=""):
        self.reports.append((message_id, error))


@pytest.fixture
def typed(monkeypatch):
    """What pywhatkit was asked to type, and where it ran."""
    found = []

    def sendwhatmsg_instantly(phone_no, message, wait_time, tab_close):
        with open("PyWhatKit_DB.txt", "w") as file:
            file.write(message)
        found.append((phone_no, message, tab_close, os.getcwd()))

    played = types.SimpleNamespace(sendwhatmsg_instantly=sendwhatmsg_instantly)
    monkeypatch.setitem(sys.modules, "pywhatkit", played)
    return found


def test_one_at_a_time(typed):
    helpdesk = PlayedHelpdesk({"id": 1, "phone": "+6281", "text": "Halo"}, {"id": 2, "phone": "+6282", "text": "Dua"})
    assert whatsapp_web.relay_one(helpdesk)
    assert [entry[:3] for entry in typed] == [("+6281", "Halo", True)]
    assert helpdesk.reports == [(1, "")]
    assert whatsapp_web.relay_one(helpdesk)
    assert not whatsapp_web.relay_one(helpdesk)
    assert [report[0] for report in helpdesk.reports] == [1, 2]


def test_what_pywhatkit_writes_down_is_gone(typed):
    before = os.getcwd()
    whatsapp_web.relay_one(PlayedHelpdesk({"id": 1, "phone": "+6281", "text": "Rahasia"}))
    assert os.getcwd() == before
    assert not os.path.exists(typed[0][3])


def test_failure_is_reported(monkeypatch):
    def fail(phone, text):
        raise RuntimeError("no browser")

    helpdesk = PlayedHelpdesk({"id": 7, "phone": "+6281", "text": "Halo"})
    assert whatsapp_web.relay_one(helpdesk, fail)
    assert helpdesk.reports == [(7, "RuntimeError: no browser")]


def test_helpdesk_never_imports_pywhatkit():
    """It opens a connection and wants a screen as soon as it is imported."""
    from pathlib import Path

    root = Path(whatsapp_web.__file__).parents[1]
    users = [path for path in root.glob("addons/**/*.py") if "import pywhatkit" in path.read_text()]
    assert not users
    assert "pywhatkit" not in (root / "requirements.txt").read_text()
