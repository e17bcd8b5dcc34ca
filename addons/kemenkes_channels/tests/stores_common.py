import base64
import hashlib
import hmac
import json
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from unittest.mock import patch

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from odoo.tests import HttpCase

from odoo.addons.kemenkes_channels.tools import transport
from odoo.addons.kemenkes_helpdesk.tests.common import HelpdeskCase

# The services are played by programs of the repository, beside the addons.
sys.path.append(str(Path(__file__).parents[3] / "tests"))

from fakes.appstore import AppStore
from fakes.courier import Courier
from fakes.fake import Account, Citizen
from fakes.playstore import PlayStore
from fakes.server import serving
from fakes.telegram import Telegram
from fakes.x import X

SECRET = "rahasia_konsumen_uji"
REFS = {
    "x": "1900000000000000001",
    "telegram": "7900000001",
    "playstore": "id.contoh.sehatkita",
    "appstore": "6400000001",
}
RINA = Citizen("6280012340001", "Rina Contoh")


def as_pem(key):
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


class StoresCase(HelpdeskCase, HttpCase):
    """X, Telegram and the stores played over HTTP, with an account of each; everything goes the way it goes in life."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.inbox, cls.outbox = cls.env["helpdesk.inbox.event"], cls.env["helpdesk.outbox.message"]
        cls.outside, cls.reviews = cls.env["helpdesk.channel.message"], cls.env["helpdesk.review"]
        cls.env["helpdesk.auto.reply"].search([]).active = False
        cls.env["helpdesk.review.rule"].search([]).active = False
        cls.outbox.search([]).state = "sent"
        cls.inbox.search([]).state = "done"
        cls.env["helpdesk.channel"].search([("kind", "in", list(REFS))]).active = False
        stack = ExitStack()
        cls.addClassCleanup(stack.close)
        cls.courier = Courier()
        cls.played = stack.enter_context(
            serving(lambda base: [fake(cls.courier, base) for fake in (X, Telegram, PlayStore, AppStore)], cls.courier)
        )
        # Odoo's guard of the tests compares the seconds of a request's patience; ours are two numbers
        cls.startClassPatcher(patch.object(transport, "TIMEOUT", 20))
        cls.channels = {kind: cls._open(kind, ref) for kind, ref in REFS.items()}
        cls._set_options("x", client_id="klien", refresh_token=SECRET)
        service = {
            "client_email": "helpdesk@uji.iam.example",
            "private_key": as_pem(rsa.generate_private_key(public_exponent=65537, key_size=2048)),
        }
        cls._set_options("playstore", service_account=json.dumps(service))
        cls._set_options("appstore", key_id="UJI1", private_key=as_pem(ec.generate_private_key(ec.SECP256R1())))

    @classmethod
    def _open(cls, kind, ref):
        channel = cls.create_channel(
            kind,
            name=kind,
            account_ref=ref,
            product_id=cls.product_a.id,
            app_secret=SECRET if kind == "x" else False,
            verify_token=SECRET,
            access_token="kunci",
            api_host=f"{cls.played.base}/{kind}",
        )
        webhook = f"/helpdesk/webhook/{channel.webhook_token}"
        cls.played.fakes[kind].add_account(Account(kind, ref, webhook, SECRET, SECRET, "kunci", "SehatKita"))
        return channel

    @classmethod
    def _set_options(cls, kind, **values):
        for option in cls.channels[kind].option_ids:
            option.value = values.get(option.name)

    def setUp(self):
        super().setUp()
        for kind, service in self.played.fakes.items():
            service.taken.clear()
            service.faults.clear()
            getattr(service, "written" if kind in ("playstore", "appstore") else "said").clear()
            account = service.accounts[kind, REFS[kind]]
            account.token, account.verify_token = "kunci", SECRET
        self.courier.waiting.clear()
        self.courier.weather.__init__()
        self.courier.send = lambda address, body, headers: self.url_open(address, body, headers=headers).status_code

    # COMING IN

    def act(self, room, action="text", **values):
        """A citizen does something, the webhook comes, everything is worked off."""
        kind = room.partition("_")[0]
        said = self.played.fakes[kind].act(room, RINA, action, values)
        self.bring()
        return said

    def bring(self):
        while self.courier.waiting:
            self.courier.bring(now=time.monotonic() + 3600)
        self.work_off()

    def work_off(self):
        self.env.invalidate_all()
        while self.inbox._process_pending():
            pass

    def post_sample(self, kind, payload):
        """A documented payload by the webhook, signed; the status of the answer."""
        raw = json.dumps(payload).encode()
        digest = hmac.new(SECRET.encode(), raw, hashlib.sha256).digest()
        headers = {
            "x": {"x-twitter-webhooks-signature": "sha256=" + base64.b64encode(digest).decode()},
            "telegram": {"X-Telegram-Bot-Api-Secret-Token": SECRET},
        }[kind]
        address = f"/helpdesk/webhook/{self.channels[kind].webhook_token}"
        status = self.url_open(address, raw, headers={"Content-Type": "application/json", **headers}).status_code
        self.work_off()
        return status

    def pull(self, kind):
        """Let the job ask one service; how many items were new."""
        channel = self.channels[kind].sudo()
        items = self.env["helpdesk.inbox.item"].sudo()
        before = items.search_count([("channel_id", "=", channel.id)])
        asked = channel.pull_cursors or {}
        channel.pull_cursors = {what: {**entry, "date": "2020-01-01 00:00:00"} for what, entry in asked.items()}
        others = self.env["helpdesk.channel"].search([("id", "!=", channel.id), ("is_paused", "=", False)])
        others.is_paused = True
        self.run_job("kemenkes_channels.ir_cron_pull")
        others.is_paused = False
        self.work_off()
        return items.search_count([("channel_id", "=", channel.id)]) - before

    def ticket_of(self, kind, external_id):
        channel = self.channels[kind]
        return self.outside.search([("channel_id", "=", channel.id), ("external_id", "=", external_id)]).ticket_id

    # GOING OUT

    def run_job(self, name):
        """Run a job as it runs in life, commits and all."""
        with self.enter_registry_test_mode():
            self.env.ref(name).method_direct_trigger()
        self.env.invalidate_all()

    def send(self):
        self.run_job("kemenkes_helpdesk.ir_cron_outbox")

    def answer(self, ticket, body, **asked):
        """The agent answers on the ticket; the row of the outbox."""
        message = self.agent_says(ticket.with_context(helpdesk_answer=asked) if asked else ticket, body)
        return self.outbox.search([("message_id", "=", message.id)])

    def due_again(self, rows):
        """Waiting is over."""
        rows.sudo().write({"next_attempt_date": "2020-01-01 00:00:00"})
        rows.channel_id.sudo().send_after_date = False

    def endure(self, kind, row, faults):
        """A day of faults at a service, one after the other: the reply waits, and the agent sees why.

        :param faults: ``(name of the fake's fault, reason on the message)``
        """
        service = self.played.fakes[kind]
        for name, reason in faults:
            with self.subTest(kind=kind, fault=name):
                service.fail_next(service.fault_named(name))
                self.send()
                self.assertEqual((row.state, row.reason), ("queued", reason))
                self.assertTrue(row.error)
                row.sudo().attempt_date = row.attempt_date and "2020-01-01 00:00:00"
                self.due_again(row)
                self.channels[kind].action_resume()

    def asked(self, kind, part):
        """Requests that the service got by POST, those whose path ends with ``part``."""
        taken = self.played.fakes[kind].taken
        return [one for one in taken if one.method == "POST" and one.path.endswith(part)]
