import json
import logging
import threading

from odoo.tests import HttpCase, TransactionCase, tagged

from ..models.ir_http import _ticket_of
from ..tools import json_log


@tagged("post_install", "-at_install")
class TestJsonLog(TransactionCase):
    """R27.b.2: a line of the log leads to its request and its ticket, and holds no secret."""

    def line(self, message, *args, **more):
        record = logging.LogRecord("odoo.test", logging.WARNING, __file__, 1, message, args, more.get("exc_info"))
        return json.loads(json_log.JsonFormatter().format(record))

    def test_a_line_is_json_and_tells_its_ticket(self):
        with json_log.about_ticket(77):
            line = self.line('Surat "%s"\nbaris dua', "Rina")
        self.assertEqual((line["message"], line["ticket"], line["level"]), ('Surat "Rina"\nbaris dua', 77, "WARNING"))
        self.assertNotIn("ticket", self.line("sesudahnya"))

    def test_secrets_in_addresses_are_left_out(self):
        message = self.line(
            "POST %s and %s", "/helpdesk/webhook/aB3-xyz?x=1", "/my/tickets/5?access_token=0af9-77&page=2"
        )["message"]
        self.assertEqual(message, "POST /helpdesk/webhook/…?x=1 and /my/tickets/5?access_token=…&page=2")

    def test_an_error_is_one_line(self):
        try:
            int("token=rahasia")
        except ValueError as error:
            line = self.line("gagal", exc_info=(type(error), error, error.__traceback__))
        self.assertIn("ValueError: invalid literal for int() with base 10: 'token=…'", line["error"])

    def test_which_ticket_a_request_is_about(self):
        for params, expected in (
            ({"model": "helpdesk.ticket", "method": "write", "args": [[5], {}]}, 5),
            ({"model": "helpdesk.ticket", "method": "read", "args": [[5, 6]]}, None),
            ({"model": "helpdesk.ticket", "method": "web_search_read", "args": []}, None),
            ({"model": "res.partner", "args": [[5]]}, None),
            ({"thread_model": "helpdesk.ticket", "thread_id": 8}, 8),
            ({"ticket_id": "9"}, 9),
            ({"ticket_id": "9; DROP"}, None),
            ({}, None),
        ):
            self.assertEqual(_ticket_of(params), expected, params)


@tagged("post_install", "-at_install")
class TestRequestId(HttpCase):
    """R27.b.2: every answer carries the id under which the log has it."""

    def test_the_proxys_id_is_kept_and_nonsense_is_not(self):
        answer = self.url_open("/web/health", headers={"X-Request-ID": "0123456789abcdef"})
        self.assertEqual(answer.headers["X-Request-ID"], "0123456789abcdef")
        answer = self.url_open("/web/health", headers={"X-Request-ID": 'x" level="critical'})
        self.assertRegex(answer.headers["X-Request-ID"], r"^[0-9a-f]{32}$")
        self.assertFalse(hasattr(threading.current_thread(), "helpdesk_request"))
