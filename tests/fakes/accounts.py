"""The accounts that the channels of the demo data have at the services that we play."""

import xml.etree.ElementTree as ET
from pathlib import Path

from .fake import Account

DEMO = Path(__file__).parents[2] / "addons/kemenkes_channels/demo"


def demo_accounts(kinds, helpdesk):
    """Accounts of the demo channels of some kinds, as their files have them.

    :param kinds: kinds of channel
    :param str helpdesk: its address, where webhooks go
    """
    records = [record for file in sorted(DEMO.glob("*.xml")) for record in ET.parse(file).getroot().iter("record")]
    fields = [
        {field.get("name"): (field.text or "").strip() for field in record.iter("field")}
        for record in records
        if record.get("model") == "helpdesk.channel"
    ]
    return [
        Account(
            values["kind"],
            values["account_ref"],
            webhook=f"{helpdesk}/helpdesk/webhook/{values['webhook_token']}",
            secret=values.get("app_secret", ""),
            verify_token=values.get("verify_token", ""),
            token=values.get("access_token", ""),
        )
        for values in fields
        if values.get("kind") in kinds and values.get("webhook_token")
    ]
