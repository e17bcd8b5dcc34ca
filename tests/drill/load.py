"""Who uses the helpdesk during a rehearsal, and what each was told: services that bring webhooks, agents that write."""

import http.client
import itertools
import threading
import time
import urllib.error
from collections import Counter

from tests.load import whatsapp

from . import site

THREADS = 4
PAUSE_SECONDS = 0.05
AGENT_PAUSE_SECONDS = 0.25


class Crowd:
    """Threads that do something again and again until they are told to stop; when each was done, is kept."""

    def __init__(self):
        self.accepted = []  # (time, what), in order of time
        self.refused = Counter()
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(number,), daemon=True) for number in range(THREADS)]

    def start(self):
        for thread in self._threads:
            thread.start()
        return self

    def stop(self):
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=60)

    def longest_gap(self, start, end):
        """Longest time within an interval in which nobody heard that something was accepted."""
        times = [start, *sorted(at for at, _what in self.accepted if start <= at <= end), end]
        return max(after - before for before, after in itertools.pairwise(times))

    def first_after(self, moment):
        """When something was accepted again; None for never."""
        return min((at for at, _what in self.accepted if at > moment), default=None)


class Services(Crowd):
    """Services that bring webhooks, each its own; what is refused is brought again, as they all do."""

    def __init__(self, port, token):
        super().__init__()
        self._port, self._token = port, token

    def _run(self, number):
        count = 0
        while not self._stop.is_set():
            count += 1
            id_ = f"wamid.gladi.{number}.{count}"
            raw = whatsapp.payload(id_, number * 10_000 + count % 50)
            while not self._stop.is_set() and not self._bring(id_, raw):
                time.sleep(0.2)
            time.sleep(PAUSE_SECONDS)

    def _bring(self, id_, raw):
        headers = {"X-Hub-Signature-256": whatsapp.sign(raw), "Content-Type": "application/json"}
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=15)
        try:
            connection.request("POST", f"/helpdesk/webhook/{self._token}", raw, headers)
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException) as error:
            status = type(error).__name__
        finally:
            connection.close()
        if status == 200:
            self.accepted.append((time.monotonic(), id_))
            return True
        self.refused[status] += 1
        return False


class Agents(Crowd):
    """Agents who write on their tickets in the browser; what fails they write anew."""

    def __init__(self, port, logins, tickets):
        super().__init__()
        self._port, self._logins, self._tickets = port, logins, tickets

    def _run(self, number):
        browser, count = None, 0
        while not self._stop.is_set():
            count += 1
            marker = f"gladi-agen-{number}-{count}-"
            try:
                browser = browser or self._open(number)
                browser.call("helpdesk.ticket", "message_post", [[self._tickets[number]]], body=marker, timeout=10)
            except (OSError, RuntimeError, urllib.error.HTTPError, http.client.HTTPException, ValueError) as error:
                self.refused[f"{type(error).__name__}"] += 1
                time.sleep(0.5)
                continue
            self.accepted.append((time.monotonic(), marker))
            time.sleep(AGENT_PAUSE_SECONDS)

    def _open(self, number):
        browser = site.Browser(f"http://127.0.0.1:{self._port}")
        if not browser.log_in(self._logins[number], "demo", timeout=10):
            raise RuntimeError("no log-in")
        return browser
