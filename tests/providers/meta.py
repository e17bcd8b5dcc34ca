"""What the tests of Meta's providers share: samples, accounts, answers, and payloads of any shape."""

import json
from pathlib import Path

from hypothesis import strategies as st

from providers.records import Account, Answer

SAMPLES = Path(__file__).parents[2] / "addons/kemenkes_channels/tests/samples"
SECRET = "rahasia-aplikasi-uji"
REFS = {
    "whatsapp": "700800900100200",
    "messenger": "150000000000001",
    "facebook": "150000000000001",
    "instagram": "17841400000000001",
}
FOLDERS = {"facebook": "facebook_page"}


def account(kind, **values):
    """An account as the samples know it."""
    return Account(
        kind,
        account_ref=REFS[kind],
        verify_token="token-uji",
        app_secrets=(SECRET,),
        access_token="UJI",
        **values,
    )


def sample(kind, name):
    """The payloads of a sample file, always as a list."""
    content = json.loads((SAMPLES / FOLDERS.get(kind, kind) / f"{name}.json").read_text())
    return content if isinstance(content, list) else [content]


def requests_of(kind):
    """The outgoing requests and answers of a kind's sample."""
    return sample(kind, "outbound_requests_and_responses")[0]


def vectors(*folders):
    """Bytes with the signature that belongs to them."""
    found = json.loads((SAMPLES / "_signature_vectors.json").read_text())
    assert found["secret"] == SECRET
    return [
        (vector["body_bytes"].encode(), vector["X-Hub-Signature-256"])
        for vector in found["vectors"]
        if vector["file"].split("/")[0] in folders
    ]


def answer_of(example, **headers):
    """An :class:`Answer` of a sample's response."""
    return Answer(example["http_status"], headers, json.dumps(example["body"]).encode())


def raw(payload):
    return json.dumps(payload).encode()


def own_params(call):
    """The parameters of a request without the proof that every one carries."""
    return {name: value for name, value in call.params.items() if name != "appsecret_proof"}


def path_of(call):
    return "/" + call.url.split("/", 3)[3]


# Names that the payloads use, so that what is made up gets deep into the parsers.
NAMES = [
    *("object", "entry", "id", "time", "changes", "field", "value", "messaging", "standby", "messages", "statuses"),
    *("contacts", "metadata", "phone_number_id", "from", "to", "type", "text", "body", "image", "audio", "document"),
    *("sticker", "location", "latitude", "longitude", "reaction", "message_id", "emoji", "interactive", "list_reply"),
    *("title", "context", "timestamp", "status", "errors", "code", "wa_id", "user_id", "profile", "name", "edit"),
    *("revoke", "system", "unsupported", "sender", "recipient", "message", "mid", "attachments", "payload", "url"),
    *("reply_to", "story", "is_echo", "is_deleted", "quick_reply", "postback", "delivery", "read", "watermark", "mids"),
    *("message_edit", "num_edit", "pass_thread_control", "item", "verb", "comment_id", "post_id", "parent_id"),
    *("created_time", "post", "media", "username", "order", "referral", "message_echoes"),
]
WORDS = [
    *("whatsapp_business_account", "page", "instagram", "messages", "feed", "comments", "mentions", "standby"),
    *("messaging_handovers", "comment", "add", "edited", "remove", "hide", "text", "image", "audio", "location"),
    *("contacts", "reaction", "interactive", "button", "system", "edit", "revoke", "sent", "read", "failed"),
    *("button_reply", "150000000000001", "1795489205"),
]
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(WORDS),
    st.sampled_from(["\x00", "\ud800", "9" * 400, "1e999", -1, 10**30]),
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=6),
    max_leaves=40,
)


@st.composite
def broken(draw, payload):
    """A real payload in which parts were replaced, removed or put elsewhere."""
    payload = json.loads(json.dumps(payload))
    for _time in range(draw(st.integers(1, 4))):
        node, places = payload, []
        while isinstance(node, (dict, list)) and node:
            key = draw(st.sampled_from(sorted(node))) if isinstance(node, dict) else draw(st.integers(0, len(node) - 1))
            places.append((node, key))
            node = node[key]
        if not places:
            break
        parent, key = draw(st.sampled_from(places))
        if draw(st.booleans()):
            parent[key] = draw(values)
        else:
            del parent[key]
    return payload
