"""Brings webhooks to the helpdesk as the services do: again until taken, sometimes twice or in the wrong order."""

import random
import threading
import time
from dataclasses import dataclass, field

import requests

# Waiting times in seconds before a webhook that was not taken comes again.
AGAIN_AFTER = (1, 2, 5, 15, 60)
TIMEOUT = 20


@dataclass
class Weather:
    """How badly the way to the helpdesk and the service itself behave.

    :param float doubled: share of webhooks that come twice
    :param bool shuffled: whether webhooks that wait together come in any order
    :param float forged: share of webhooks before which one with a false signature comes
    :param float slow: seconds that the service takes for each of its answers
    """

    doubled: float = 0.0
    shuffled: bool = False
    forged: float = 0.0
    slow: float = 0.0


@dataclass
class Webhook:
    """One request on its way to the helpdesk."""

    address: str
    body: bytes
    headers: dict
    tries: int = 0
    due: float = 0.0
    statuses: list = field(default_factory=list)


def post(address, body, headers):
    """Send one webhook; the status of the answer, 0 where there is none."""
    try:
        return requests.post(address, data=body, headers=headers, timeout=TIMEOUT).status_code
    except requests.RequestException:
        return 0


class Courier:
    """Webhooks that wait, and those that were brought.

    :param send: callable ``(address, body, headers) -> status``; a test may bring them in its own way
    """

    def __init__(self, send=post, seed=0):
        self.send = send
        self.weather = Weather()
        self.waiting = []
        self.brought = []
        self._chance = random.Random(seed)
        self._lock = threading.Lock()
        self._stop = threading.Event()

    def take(self, address, body, headers):
        """Accept a webhook for delivery."""
        with self._lock:
            self.waiting.append(Webhook(address, body, headers))

    def bring(self, now=None):
        """Deliver what is due, once; what is not taken waits for its next time.

        :return: how many requests were made
        """
        now = time.monotonic() if now is None else now
        with self._lock:
            due = [webhook for webhook in self.waiting if webhook.due <= now]
            self.waiting = [webhook for webhook in self.waiting if webhook.due > now]
        if self.weather.shuffled:
            self._chance.shuffle(due)
        return sum(self._bring_one(webhook, now) for webhook in due)

    def _bring_one(self, webhook, now):
        if self._chance.random() < self.weather.forged:
            self._forge(webhook)
        copies = 2 if self._chance.random() < self.weather.doubled else 1
        for _copy in range(copies):
            webhook.statuses.append(self.send(webhook.address, webhook.body, webhook.headers))
        if any(200 <= status < 300 for status in webhook.statuses[-copies:]):
            self.brought.append(webhook)
        elif webhook.tries < len(AGAIN_AFTER):
            webhook.due = now + AGAIN_AFTER[webhook.tries]
            webhook.tries += 1
            with self._lock:
                self.waiting.append(webhook)
        return copies

    def _forge(self, webhook):
        forged = {name: "sha256=" + "0" * 64 for name in webhook.headers if "signature" in name.lower()}
        if forged:
            self.send(webhook.address, webhook.body, {**webhook.headers, **forged})

    def run(self):
        """Deliver until :meth:`stop`, as a thread."""
        while not self._stop.wait(0.2):
            self.bring()

    def stop(self):
        """End :meth:`run`."""
        self._stop.set()
