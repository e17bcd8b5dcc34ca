"""Sends the helpdesk's WhatsApp answers through WhatsApp Web on this desktop. Read relay/README.md first.

    HELPDESK_RELAY_KEY=<API key> python relay/whatsapp_web.py https://helpdesk.example [--database kemenkes]

Asks the helpdesk for one message at a time (JSON-2), types it, reports "submitted, unconfirmed", asks for the next.
"""

import argparse
import contextlib
import os
import sys
import tempfile
import time

import requests

MODEL = "helpdesk.outbox.message"
# Between two messages, and while there is none: people type no faster.
PAUSE_SECONDS = 20
# How long WhatsApp Web gets to open before Enter is pressed.
OPENING_SECONDS = 20
TIMEOUT = (5, 30)


class Helpdesk:
    """The helpdesk's JSON-2 interface, as the relay needs it.

    :param str address: such as ``https://helpdesk.example``
    :param str key: API key of a user in the group "WhatsApp relay"
    """

    def __init__(self, address, key, database=""):
        self.address = address.rstrip("/")
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"bearer {key}"
        if database:
            self.session.headers["X-Odoo-Database"] = database

    def call(self, method, **arguments):
        """Call a method of the outbox.

        :raise requests.RequestException: the helpdesk can't be reached, or refuses
        """
        url = f"{self.address}/json/2/{MODEL}/{method}"
        response = self.session.post(url, json=arguments, timeout=TIMEOUT)
        response.raise_for_status()
        return response.json()

    def take(self):
        """The next message, ``{"id", "phone", "text"}``; None while there is none."""
        return self.call("relay_take") or None

    def report(self, message_id, error=""):
        """Say what became of a message."""
        self.call("relay_report", message_id=message_id, error=error)


def submit(phone, text):
    """Type one message into WhatsApp Web and press Enter. Whether it arrives, nobody says.

    :param str phone: with plus and country code
    """
    import pywhatkit  # looks for a screen and the internet when it is imported

    with _empty_folder():
        pywhatkit.sendwhatmsg_instantly(phone, text, OPENING_SECONDS, tab_close=True)


@contextlib.contextmanager
def _empty_folder():
    """pywhatkit writes every message in plain text into a file where it runs; that folder goes away at once."""
    before = os.getcwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            yield
        finally:
            os.chdir(before)


def relay_one(helpdesk, send=submit):
    """Send the next message.

    :return: whether there was one
    """
    message = helpdesk.take()
    if not message:
        return False
    try:
        send(message["phone"], message["text"])
    except Exception as error:  # noqa: BLE001 - whatever the browser does, the helpdesk has to know
        helpdesk.report(message["id"], f"{type(error).__name__}: {error}")
    else:
        helpdesk.report(message["id"])
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("helpdesk")
    parser.add_argument("--database", default="")
    arguments = parser.parse_args()
    key = os.environ.get("HELPDESK_RELAY_KEY")
    if not key:
        sys.exit("HELPDESK_RELAY_KEY is not set")
    helpdesk = Helpdesk(arguments.helpdesk, key, arguments.database)
    while True:
        try:
            relay_one(helpdesk)
        except requests.RequestException as error:
            sys.stderr.write(f"{type(error).__name__}: the helpdesk did not answer, trying again\n")
        time.sleep(PAUSE_SECONDS)


if __name__ == "__main__":
    main()
