"""What the programs of this folder share: a running helpdesk as the browser talks to it, and waiting for it."""

import time

import requests

# a busy machine runs its jobs late
WAIT_SECONDS = 90


class Helpdesk:
    """One account's session.

    :param str address: such as http://localhost:8069
    """

    def __init__(self, address, database, login, password):
        self.address, self.session = address.rstrip("/"), requests.Session()
        self.ask("/web/session/authenticate", db=database, login=login, password=password)

    def call(self, model, method, *arguments, **options):
        """Call a public method of a model.

        :raise RuntimeError: the helpdesk refuses; in its words
        """
        return self.ask(
            f"/web/dataset/call_kw/{model}/{method}", model=model, method=method, args=list(arguments), kwargs=options
        )

    def read(self, model, domain, *names, **options):
        """Rows of a model, as dicts."""
        return self.call(model, "search_read", domain, list(names), **options)

    def ask(self, path, **params):
        """A JSON-RPC request; its result."""
        body = {"jsonrpc": "2.0", "method": "call", "params": params}
        answer = self.session.post(self.address + path, json=body, timeout=120).json()
        if "error" in answer:
            raise RuntimeError(answer["error"]["data"]["message"])
        # what gives nothing leaves it out
        return answer.get("result")


def wait_for(condition, seconds=WAIT_SECONDS):
    """What ``condition`` gives once it gives something; None after so many seconds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.5)
    return None
