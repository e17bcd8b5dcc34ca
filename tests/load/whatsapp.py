"""What WhatsApp's service brings to the channel of a load test or a rehearsal."""

import hashlib
import hmac
import json
import time

SECRET, NUMBER = "rahasia-beban", "700800900100300"


def payload(id_, person):
    """The bytes of a webhook with one message.

    :param str id_: the message's, as WhatsApp gives it
    :param int person: up to eight digits of a telephone number
    """
    message = {
        "from": f"62812{person:08d}",
        "from_user_id": f"ID.{person:020d}",
        "id": id_,
        "timestamp": str(int(time.time())),
        "type": "text",
        "text": {"body": "Kapan data vaksin saya diperbaiki?"},
    }
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"phone_number_id": NUMBER},
        "contacts": [{"profile": {"name": "Rina"}, "wa_id": message["from"], "user_id": message["from_user_id"]}],
        "messages": [message],
    }
    entry = {"id": "900", "changes": [{"field": "messages", "value": value}]}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


def sign(raw):
    """The header by which the channel knows its service (Meta, *Validating payloads*)."""
    return f"sha256={hmac.new(SECRET.encode(), raw, hashlib.sha256).hexdigest()}"
