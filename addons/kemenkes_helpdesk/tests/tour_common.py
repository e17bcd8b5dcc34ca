from contextlib import contextmanager

from odoo.tests import HttpCase

from .common import HelpdeskCase

LANGUAGES = ("en_US", "id_ID")


class TourCase(HelpdeskCase, HttpCase):
    """People of the helpdesk at their browsers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["helpdesk.auto.reply"].search([]).active = False
        for language in LANGUAGES:
            cls.env["res.lang"]._activate_lang(language)

    @contextmanager
    def in_language(self, language):
        """Everybody's language, as a part of a test of its own."""
        with self.subTest(language):
            self.env["res.users"].union(*self.users.values()).lang = language
            yield

    def start(self, tour, login, action=None):
        """Run a tour in the web client.

        :param str action: xmlid of the screen to start on; else the first one of the account
        """
        path = f"/odoo/action-kemenkes_helpdesk.{action}" if action else "/odoo"
        self.start_tour(path, tour, login=f"test_{login}")
