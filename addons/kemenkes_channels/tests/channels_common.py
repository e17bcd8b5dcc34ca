from itertools import count
from unittest.mock import patch

from odoo.addons.kemenkes_channels import providers
from odoo.addons.kemenkes_channels.tests import plain_provider as plain
from odoo.addons.kemenkes_helpdesk.tests.common import HelpdeskCase

SECRET = "rahasia-uji"
NUMBERS = count(1)
# Tuesday, 24 November 2026, 03:00 UTC
NOON = 1795489200


def said(text="Tidak bisa masuk.", sender="8100", **item):
    """An item of a payload: a customer says something."""
    number = next(NUMBERS)
    return {
        "type": "message",
        "id": f"m{number}",
        "from": sender,
        "name": "Budi",
        "text": text,
        "at": NOON + number,
        **item,
    }


class ChannelsCase(HelpdeskCase):
    """Two accounts of a service of few words, under the kind telegram; payloads go the way they go in life."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(patch.dict(providers._modules, {"telegram": plain.__name__}))
        cls.inbox = cls.env["helpdesk.inbox.event"]
        cls.outbox = cls.env["helpdesk.outbox.message"]
        cls.env["helpdesk.auto.reply"].search([]).active = False
        cls.channel = cls.create_channel(
            "telegram",
            name="Bot A",
            account_ref="bot-a",
            app_secret=SECRET,
            verify_token="kenal",
            access_token="kunci",
            product_id=cls.product_a.id,
        )

    @classmethod
    def take_in(cls, *items, channel=None):
        """Store one payload and work everything off; the event."""
        event = cls.inbox._receive_payload(channel or cls.channel, plain.dump(*items))
        cls.inbox._process_pending()
        return event

    def messages_of(self, ticket):
        """What the thread says, oldest first, as plain text."""
        messages = ticket.message_ids.filtered("helpdesk_direction").sorted("id")
        return [str(message.preview) for message in messages]
