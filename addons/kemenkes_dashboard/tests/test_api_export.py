from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.kemenkes_channels.tests.api_common import ApiCase


@tagged("post_install", "-at_install")
class TestApiExport(ApiCase):
    """R12, R23.c.2: raw data by the open API: ordered, asked after, fetched, by who ordered it."""

    def run_job(self):
        with patch.object(self.registry["ir.cron"], "_commit_progress", lambda *_args, **_options: 60):
            self.env["helpdesk.export"]._cron_run()
        self.env.invalidate_all()

    def test_order_and_fetch(self):
        ticket = self.create_ticket(name="Ekspor lewat API")
        ordered = self.ask("POST", "/exports", {"dataset": "tickets", "format": "csv"}, "manager", status=201).json()
        path = f"/exports/{ordered['id']}"
        self.ask("GET", f"{path}/file", login="manager", status=404)
        self.run_job()
        self.assertEqual(self.ask("GET", path, login="manager", status=200).json()["state"], "done")
        headers = {"Authorization": f"Bearer {self.secrets['manager']}"}
        answer = self.opener.get(f"{self.base_url()}/helpdesk/api/v1{path}/file", headers=headers, timeout=30)
        self.assertEqual(answer.status_code, 200, answer.text[:300])
        self.assertTrue(answer.headers["Content-Type"].startswith("text/csv"))
        self.assertIn("attachment", answer.headers["Content-Disposition"])
        self.assertIn(ticket.ticket_ref, answer.text)
        self.ask("GET", f"{path}/file", login="supervisor", status=404)
