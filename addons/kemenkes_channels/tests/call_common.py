import json
import sys
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

from odoo import fields

from odoo.addons.kemenkes_channels.tools import transport
from odoo.addons.kemenkes_helpdesk.tests.common import HelpdeskCase
from odoo.addons.mail.tests.common import freeze_all_time

# The telephone system is played by a program of the repository, beside the addons.
sys.path.append(str(Path(__file__).parents[3] / "tests"))

from fakes.courier import Courier
from fakes.cti import Cti
from fakes.fake import Account, Citizen
from fakes.server import serving

SECRET = "rahasia-telepon-uji"
LINE = "+622150000000"
# 24 November 2026, 10:01 in Jakarta, when the samples happen
NOON = fields.Datetime.to_datetime("2026-11-24 03:01:00")
DEWI = Citizen("6281234567001", "Dewi Contoh")
SAMPLES = Path(__file__).parent / "samples/call_cti"


class CallCase(HelpdeskCase):
    """A telephone line, an agent with a telephone; the telephone system is played over HTTP. Time stands still."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.inbox, cls.calls = cls.env["helpdesk.inbox.event"], cls.env["helpdesk.call"]
        cls.env["helpdesk.auto.reply"].search([]).active = False
        cls.env["helpdesk.keyword.rule"].search([]).active = False
        cls.env["helpdesk.channel"].search([("kind", "=", "call")]).active = False
        cls.inbox.search([]).state = "done"
        # the tests' guard against calls to the outside compares numbers
        cls.startClassPatcher(patch.object(transport, "TIMEOUT", 10))
        stack = ExitStack()
        cls.addClassCleanup(stack.close)
        cls.courier = Courier(send=cls._bring)
        cls.played = stack.enter_context(serving(lambda base: [Cti(cls.courier, base)], cls.courier))
        cls.cti = cls.played.fakes["cti"]
        cls.channel = cls.create_channel(
            "call",
            name="Telepon uji",
            account_ref=LINE,
            app_secret=SECRET,
            access_token="kunci",
            api_host=cls.cti.base,
            product_id=cls.product_a.id,
        )
        cls.cti.add_account(Account("call", LINE, webhook="/", secret=SECRET, token="kunci"))
        cls.agent = cls.users["agent"]
        cls.env["res.users"].search([("helpdesk_extension", "!=", False)]).helpdesk_extension = False
        cls.agent.helpdesk_extension = "2011"

    @classmethod
    def _bring(cls, _address, body, _headers):
        """A webhook arrives: stored, and worked off."""
        cls.inbox._receive_payload(cls.channel, body)
        return 200

    def setUp(self):
        super().setUp()
        self.at(0)
        for kept in (self.cti.requested, self.cti.calls, self.cti.taken, self.cti.faults, self.courier.waiting):
            kept.clear()
        self.cti.clock = lambda: fields.Datetime.now().timestamp()

    def at(self, seconds):
        """Move the clock to so many seconds after NOON."""
        if hasattr(self, "frozen"):
            self.frozen.__exit__(None, None, None)
        self.seconds = seconds
        self._freeze()
        if not hasattr(self, "_unfreeze"):
            self._unfreeze = self.addCleanup(lambda: self.frozen.__exit__(None, None, None))

    def _freeze(self):
        self.frozen = freeze_all_time(NOON + timedelta(seconds=self.seconds))
        self.frozen.__enter__()

    @contextmanager
    def running_clock(self):
        """Signatures and log-ins over HTTP need a clock that runs."""
        self.frozen.__exit__(None, None, None)
        try:
            yield
        finally:
            self._freeze()

    def tell(self, *events, **common):
        """Events of one call, brought together, in the order given; the call."""
        number = common.pop("call_id", "p1")
        for event in events:
            raw = json.dumps(
                {
                    "call_id": number,
                    "direction": "inbound",
                    "from": "+6281234567001",
                    "to": LINE,
                    **common,
                    **event,
                }
            ).encode()
            self.inbox._receive_payload(self.channel, raw)
        self.inbox._process_pending()
        return self.call(number)

    def step(self, event, sequence, seconds, **values):
        """One event of a call, at so many seconds after NOON."""
        moment = NOON + timedelta(seconds=seconds)
        return {
            "event": f"call.{event}",
            "event_id": values.pop("event_id", f"e{sequence}-{event}"),
            "sequence": sequence,
            "occurred_at": f"{moment.isoformat()}Z",
            "agent": {"extension": "2011"},
            **values,
        }

    def usual(self):
        """The steps of a call that was answered after 10 s and took 110 s, 20 of them on hold."""
        return [
            self.step("ringing", 1, 0, queue="Layanan umum", ivr_path=["1", "3"]),
            self.step("answered", 2, 10),
            self.step("hold", 3, 40),
            self.step("unhold", 4, 60),
            self.step("ended", 5, 120, hangup_cause="normal"),
        ]

    def run_job(self, name, addon="kemenkes_channels"):
        """Run a job as it runs in life, commits and all."""
        with self.enter_registry_test_mode():
            self.env.ref(f"{addon}.ir_cron_{name}").method_direct_trigger()
        self.env.invalidate_all()

    def call(self, number="p1"):
        return self.calls.search([("channel_id", "=", self.channel.id), ("external_id", "=", number)])

    def sample(self, name):
        return json.loads((SAMPLES / f"{name}.json").read_text())

    def play(self, action, citizen=DEWI, **values):
        """The citizen, or the telephone, does something; what the telephone system tells of it is worked off."""
        self.cti.act("call", citizen, action, values)
        self.courier.bring()
        self.inbox._process_pending()
