import io
import re
from pathlib import Path

import polib

from odoo.modules.module import Manifest
from odoo.tests import TransactionCase, tagged
from odoo.tools.translate import TRANSLATED_ATTRS, trans_export

OWN_ADDONS = "kemenkes_"
# Attributes whose text is read by people, and so is translated within the markup.
READ_BY_PEOPLE = re.compile(rf"""\b({"|".join(TRANSLATED_ATTRS)})=("[^"]*"|'[^']*')""")
# What code fills in, and markup: a translation has the same, in any order.
FILLED_IN = re.compile(r"%\(\w+\)[sdf]|%[sdf%]|\{\{.*?\}\}|\{\w*\}|</?\w+[^>]*>")


@tagged("post_install", "-at_install")
class TestTranslation(TransactionCase):
    """Every term of our addons has an Indonesian translation, which fits the term."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        installed = cls.env["ir.module.module"].search([("state", "=", "installed")]).mapped("name")
        cls.addons = [name for name in installed if name.startswith(OWN_ADDONS)]

    def terms(self, addon):
        exported = io.BytesIO()
        trans_export(None, [addon], exported, "po", self.env)
        return polib.pofile(exported.getvalue().decode())

    def translations(self, addon):
        path = Path(Manifest.for_addon(addon).path, "i18n", "id.po")
        return {entry.msgid: entry.msgstr for entry in polib.pofile(str(path)) if not entry.obsolete}

    def test_every_term_is_translated(self):
        """`make translate` lists these terms too, and makes room for them in the addon's i18n/id.po."""
        for addon in self.addons:
            known = self.translations(addon)
            lacking = [
                f"{term.msgid!r} ({term.occurrences[0][0]})" for term in self.terms(addon) if not known.get(term.msgid)
            ]
            self.assertFalse(lacking, f"{addon}: terms without an Indonesian translation:\n" + "\n".join(lacking))

    def filled_in(self, text):
        return sorted(FILLED_IN.findall(READ_BY_PEOPLE.sub(r"\1", text)))

    def test_placeholders_and_markup_agree(self):
        for addon in self.addons:
            different = [
                f"{term!r} → {translation!r}"
                for term, translation in self.translations(addon).items()
                if self.filled_in(term) != self.filled_in(translation)
            ]
            self.assertFalse(different, f"{addon}: translations that do not fit:\n" + "\n".join(different))

    def test_screens_are_indonesian(self):
        """Menus, states and messages read from the database and from code come in the user's language."""
        indonesian = self.env(context={**self.env.context, "lang": "id_ID"})
        self.assertEqual(self.env.ref("kemenkes_helpdesk.menu_configuration").with_env(indonesian).name, "Konfigurasi")
        self.assertEqual(indonesian["helpdesk.ticket"].fields_get(["stage_id"])["stage_id"]["string"], "Tahap")
        priorities = dict(indonesian["helpdesk.ticket"].fields_get(["priority"])["priority"]["selection"])
        self.assertIn("Mendesak", priorities.values())
        self.assertEqual(self.env.ref("kemenkes_helpdesk.stage_solved").with_env(indonesian).name, "Selesai")
