import json
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from unittest.mock import patch

from odoo.addons.kemenkes_channels import providers
from odoo.addons.kemenkes_channels.providers.records import Verdict
from odoo.addons.kemenkes_channels.tools import transport
from odoo.addons.kemenkes_helpdesk.tests.common import HelpdeskCase

# The services are played by programs of the repository, beside the addons.
sys.path.append(str(Path(__file__).parents[3] / "tests"))

from fakes.courier import Courier
from fakes.fake import Account, Citizen
from fakes.graph import Graph
from fakes.server import serving

SAMPLES = Path(__file__).parent / "samples"
SECRET = "rahasia-aplikasi-uji"
REFS = {
    "whatsapp": "700800900100200",
    "messenger": "150000000000001",
    "facebook": "150000000000001",
    "instagram": "17841400000000001",
}
FOLDERS = {"facebook": "facebook_page"}
# When the samples happen: Tuesday, 24 November 2026, 03:00 UTC.
SAMPLE_SECONDS = 1795489200
RINA = Citizen("6280012340001", "Rina Contoh")


def samples_of(kind):
    """Incoming payloads of a kind: ``{name: [payload, ...]}``, moved to the present, in which windows are open."""
    shift = int(time.time()) - SAMPLE_SECONDS - 1200
    found = {}
    for file in sorted((SAMPLES / FOLDERS.get(kind, kind)).glob("*.json")):
        if not file.stem.startswith("outbound"):
            content = json.loads(file.read_text())
            found[file.stem] = [_moved(item, shift) for item in (content if isinstance(content, list) else [content])]
    return found


def _moved(value, shift):
    if isinstance(value, dict):
        return {name: _moved(item, shift) for name, item in value.items()}
    if isinstance(value, list):
        return [_moved(item, shift) for item in value]
    digits = str(value)
    if isinstance(value, int | str) and digits.startswith("17954") and len(digits) in (10, 13):
        return type(value)(int(digits) + (shift if len(digits) == 10 else shift * 1000))
    return value


class MetaCase(HelpdeskCase):
    """Meta's services played over HTTP, with an account of each kind.

    Requests of the helpdesk go over HTTP. Webhooks are handed to what the controller calls, without a server of ours:
    ``TestMetaWebhooks`` has them come over HTTP, too.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.inbox, cls.outbox = cls.env["helpdesk.inbox.event"], cls.env["helpdesk.outbox.message"]
        cls.outside = cls.env["helpdesk.channel.message"]
        cls.env["helpdesk.auto.reply"].search([]).active = False
        cls.outbox.search([]).state = "sent"
        cls.inbox.search([]).state = "done"
        cls.env["helpdesk.channel"].search([("kind", "in", list(REFS))]).account_ref = False
        # the tests' guard against calls to the outside compares numbers
        cls.startClassPatcher(patch.object(transport, "TIMEOUT", 10))
        stack = ExitStack()
        cls.addClassCleanup(stack.close)
        cls.courier = Courier()
        cls.played = stack.enter_context(serving(lambda base: [Graph(cls.courier, base)], cls.courier))
        cls.graph = cls.played.fakes["graph"]
        cls.graph.read_by_citizens = False
        cls.channels = {kind: cls._open(kind, ref) for kind, ref in REFS.items()}

    @classmethod
    def _open(cls, kind, ref):
        channel = cls.create_channel(
            kind,
            name=kind,
            account_ref=ref,
            product_id=cls.product_a.id,
            app_secret=SECRET,
            verify_token="token-uji",
            access_token="UJI",
            api_host=f"{cls.played.base}/graph",
        )
        cls.graph.add_account(Account(kind, ref, f"/helpdesk/webhook/{channel.webhook_token}", SECRET, token="UJI"))
        return channel

    def setUp(self):
        super().setUp()
        self.graph.said.clear()
        self.graph.taken.clear()
        self.graph.faults.clear()
        self.graph.privately_answered.clear()
        for account in self.graph.accounts.values():
            account.token = "UJI"
        self.courier.waiting.clear()
        self.courier.weather.__init__()
        self.courier.send = self.take_webhook

    def take_webhook(self, address, body, headers):
        """What the webhook's controller does; the status of its answer."""
        channel = self.env["helpdesk.channel"]._of_webhook(address.rpartition("/")[2])
        if providers.verify(channel._account(), headers, body) is not Verdict.GENUINE:
            return 403
        self.inbox._receive_payload(channel, body)
        return 200

    def bring(self):
        """Webhooks come in, and everything they bring is worked off."""
        while self.courier.waiting:
            self.courier.bring(now=time.monotonic() + 3600)
        self.env.invalidate_all()
        while self.inbox._process_pending():
            pass

    def run_job(self, name):
        """Run a job as it runs in life, commits and all."""
        with self.enter_registry_test_mode():
            self.env.ref(name).method_direct_trigger()
        self.env.invalidate_all()

    def send(self):
        """Answers go out, and what the service says of them comes back."""
        self.run_job("kemenkes_helpdesk.ir_cron_outbox")
        self.bring()

    def ticket_of(self, message_id, kind):
        """The ticket on which a message of the service stands."""
        channel = self.channels[kind]
        return self.outside.search([("channel_id", "=", channel.id), ("external_id", "=", message_id)]).ticket_id

    def answer(self, ticket, body, **asked):
        """The agent answers; the row of the outbox."""
        message = self.agent_says(ticket.with_context(helpdesk_answer=asked) if asked else ticket, body)
        return self.outbox.search([("message_id", "=", message.id)])

    def due_again(self, rows):
        """Waiting is over."""
        rows.sudo().write({"next_attempt_date": "2020-01-01 00:00:00"})
        rows.channel_id.sudo().send_after_date = False

    def asked(self, part):
        """Requests that the service got, those whose path ends with ``part``."""
        return [taken for taken in self.graph.taken if taken.method == "POST" and taken.path.endswith(part)]
