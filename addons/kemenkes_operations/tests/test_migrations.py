from pathlib import Path

from odoo.modules.module import load_script
from odoo.tests import TransactionCase, tagged

SCRIPT = Path(__file__).parents[1] / "migrations" / "19.0.1.3.0" / "post-session_limits.py"


@tagged("post_install", "-at_install")
class TestMigrations(TransactionCase):
    """R27.a.3: what a database of a release before gets when it is brought up to date."""

    def test_session_limits(self):
        """Where there were none; what an administrator has set stays."""
        staff = self.env.ref("base.group_user")
        viewers = self.env.ref("kemenkes_helpdesk.group_pusdatin_viewer")
        staff.write({"lock_timeout": 0, "lock_timeout_inactivity": 0})
        viewers.write({"lock_timeout": 0, "lock_timeout_inactivity": 15})
        self.env.flush_all()
        load_script(str(SCRIPT), "session_limits").migrate(self.env.cr, "19.0.1.2.0")
        self.assertEqual((staff.lock_timeout, staff.lock_timeout_inactivity), (720, 30))
        self.assertEqual((viewers.lock_timeout, viewers.lock_timeout_inactivity), (0, 15))
