"""Command line of the adapter."""

import argparse
import json
import logging
import os
import time
from urllib.parse import urlencode, urlsplit, urlunsplit

import requests
import websocket

from providers import call

from .events import Interpreter

_logger = logging.getLogger(__name__)
AGAIN_SECONDS = (1, 2, 5, 15, 30)
TIMEOUT = 10
PING_SECONDS = 20


def main():
    """Listen until killed; a connection that breaks is made anew."""
    parser = argparse.ArgumentParser(prog="ari", description="Tells the helpdesk what happens on an Asterisk.")
    parser.add_argument("--asterisk", default=os.environ.get("ARI_URL", "http://127.0.0.1:8088"))
    parser.add_argument("--app", default=os.environ.get("ARI_APP", "helpdesk"))
    parser.add_argument("--webhook", default=os.environ.get("ARI_WEBHOOK", ""), help="the channel's webhook address")
    options = parser.parse_args()
    access, secret = os.environ.get("ARI_ACCESS", ""), os.environ.get("ARI_SECRET", "")
    if not (options.webhook and access and secret):
        parser.error("ARI_ACCESS (user:password), ARI_SECRET and --webhook are needed")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    interpreter = Interpreter(options.asterisk)
    tries = 0
    while True:
        try:
            connection = websocket.create_connection(_address(options, access), timeout=PING_SECONDS)
            tries = 0
            _logger.info("Listening to %s", options.asterisk)
            _listen(connection, interpreter, options.webhook, secret)
        except (websocket.WebSocketException, OSError) as error:
            _logger.warning("No connection to %s: %s", options.asterisk, type(error).__name__)
        time.sleep(AGAIN_SECONDS[min(tries, len(AGAIN_SECONDS) - 1)])
        tries += 1


def _address(options, access):
    parts = urlsplit(options.asterisk)
    scheme = "wss" if parts.scheme == "https" else "ws"
    query = urlencode({"app": options.app, "subscribeAll": "true", "api_key": access})
    return urlunsplit((scheme, parts.netloc, "/ari/events", query, ""))


def _listen(connection, interpreter, webhook, secret):
    while True:
        try:
            raw = connection.recv()
        except websocket.WebSocketTimeoutException:
            connection.ping()
            continue
        try:
            event = json.loads(raw)
        except ValueError:
            continue
        for told in interpreter.read(event):
            _deliver(told, webhook, secret)


def _deliver(told, webhook, secret):
    """Post until it is taken: the helpdesk takes each event once, however often it comes."""
    body = json.dumps(told).encode()
    tries = 0
    while not _post(told["event_id"], body, webhook, secret):
        time.sleep(AGAIN_SECONDS[min(tries, len(AGAIN_SECONDS) - 1)])
        tries += 1


def _post(event_id, body, webhook, secret):
    stamp = str(int(time.time()))
    headers = {
        "Content-Type": "application/json",
        "Webhook-Id": event_id,
        "Webhook-Timestamp": stamp,
        "Webhook-Signature": f"v1,{call.sign(secret, event_id, stamp, body)}",
    }
    try:
        answer = requests.post(webhook, data=body, headers=headers, timeout=TIMEOUT, allow_redirects=False)
    except requests.RequestException:
        return False
    if answer.status_code in (400, 413):
        _logger.error("The helpdesk refuses an event (%s).", answer.status_code)
        return True
    return answer.status_code == 200


main()
