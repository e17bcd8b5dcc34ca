import re
from pathlib import Path

from odoo.tests import HttpCase, tagged

DOCUMENT = Path(__file__).parents[3] / "docs" / "security.md"
WITHOUT_LOG_IN = ("public", "none")
OURS = "/helpdesk"


@tagged("post_install", "-at_install")
class TestOpenDoors(HttpCase):
    """R27.a.3: every address that opens without a log-in is known and justified in docs/security.md."""

    def test_every_address_without_log_in_is_justified(self):
        rules = self.env["ir.http"].routing_map().iter_rules()
        found = {rule.rule for rule in rules if rule.endpoint.routing["auth"] in WITHOUT_LOG_IN}
        rows = re.findall(r"^\| (`/.*?`) \| (.+?) \|$", DOCUMENT.read_text(), re.MULTILINE)
        listed = {address for addresses, _reason in rows for address in re.findall("`(.+?)`", addresses)}
        self.assertFalse(sorted(found - listed), "not justified in docs/security.md")
        self.assertFalse(sorted(listed - found), "in docs/security.md, but no longer there")
