"""Messenger: private messages to a Facebook Page.

Sources: developers.facebook.com/documentation/business-messaging/messenger-platform (webhook events, send API, policy,
changelog to 2026-06). Since 2026-04-27 only the tag HUMAN_AGENT reaches people outside the 24-hour window.
"""

from . import facebook, graph, graph_messaging, reading
from .records import Fault, Limits, MediaLimit

OPTIONS = {**graph.OPTIONS, "handover_to": ("App id of the bot that conversations may be passed to", False)}
PULLS = {"messages": 900}
TEXT_LENGTH = 2000
FILE = MediaLimit(graph_messaging.ATTACHMENT_SIZE)
MEDIA = {"image": FILE, "video": FILE, "audio": FILE, "document": FILE}

handshake = graph.handshake
verify = graph.verify
media_request = graph_messaging.media_request
parse = facebook.parse
health_call = facebook.health_call
read_health = facebook.read_health
subscribe = facebook.subscribe
read_subscribe = facebook.read_subscribe


def limits(account):
    """What Messenger takes."""
    return Limits(
        text_length=TEXT_LENGTH,
        media=MEDIA,
        window_seconds=graph_messaging.WINDOW_SECONDS,
        tag_window_seconds=graph_messaging.HUMAN_AGENT_SECONDS,
        button_count=graph_messaging.QUICK_REPLIES,
        per_second=300,
        actions=("message", "mark_read", "typing", "pass_control", "take_control"),
    )


def build(account, outgoing, done=()):
    """The next request: each file is uploaded and sent, a long text goes in parts, each after the one before it."""
    if outgoing.action != "message":
        return None if done else _build_action(account, outgoing)
    steps = []
    for message in graph_messaging.send_steps(outgoing, TEXT_LENGTH):
        steps += [message] if isinstance(message, dict) else [message, None]
    if len(done) >= len(steps):
        return None
    message = steps[len(done)]
    if message is None:
        file = steps[len(done) - 1]
        payload = {"attachment_id": done[-1].value}
        message = {"attachment": {"type": graph_messaging.file_kind(file), "payload": payload}}
    elif not isinstance(message, dict):
        return _upload(account, message)
    if outgoing.reference:
        message = {**message, "metadata": outgoing.reference}
    return graph_messaging.send_call(account, graph_messaging.envelope(outgoing, message))


def _upload(account, file):
    if file.size > FILE.size:
        return graph_messaging.too_big(file)
    return graph_messaging.attachment_call(account, file)


def _build_action(account, outgoing):
    if outgoing.action in ("typing", "mark_read"):
        return graph_messaging.sender_action(account, outgoing)
    if outgoing.action in ("pass_control", "take_control"):
        return graph_messaging.thread_control(account, outgoing)
    return graph_messaging.cannot(outgoing.action)


def read_answer(account, call, answer):
    """What the answer to a call of ``build`` means."""
    return graph_messaging.read_sent(call, answer)


def check_sent(account, outgoing):
    """Read the conversation and compare: the Send API has no idempotency key."""
    return graph_messaging.conversation_call(account, "messenger", outgoing.recipient)


def read_check_sent(account, outgoing, answer):
    """Our own message with these words, where it is there."""
    body = graph.read_answer(answer)
    if isinstance(body, Fault):
        return None
    rows = reading.items(body, "data", 0, "messages", "data")
    return graph_messaging.find_sent(account, graph.split_text(outgoing.text, TEXT_LENGTH), answer, rows)


def pull(account, what, cursor):
    """Conversations, the last changed first: what webhooks may have missed."""
    return graph_messaging.conversations_call(account, "messenger", cursor)


def read_pull(account, what, cursor, answer):
    """Messages younger than those of the last pull."""
    return graph_messaging.read_conversations(account, "messenger", cursor, answer)


def profile(account, handle):
    """Ask for a customer's name."""
    return graph_messaging.profile_call(account, handle, "first_name,last_name,name,profile_pic")


def read_profile(account, handle, answer):
    """The customer's name."""
    return graph_messaging.read_profile(handle, answer)
