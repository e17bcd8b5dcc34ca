"""Comments below posts: what Facebook and Instagram have in common."""

from . import graph, graph_messaging, reading
from .records import Message


def read_entry(account, entry, changes, read_change, channel, messages_channel):
    """Records of one entry of a webhook: its changes, and the private messages beside them.

    :param list changes: of the entry
    :param read_change: callable ``(entry, change) -> list of records``
    :param str channel: kind of channel of the changes
    :param str messages_channel: that of the private messages
    """
    account_ref = reading.text(entry, "id")
    records = graph.each(lambda change: read_change(entry, change), changes, account_ref, channel)
    records += graph_messaging.read_entry(account, messages_channel, entry)
    return records or [graph.unsupported(entry, "entry", account_ref=account_ref)]


def comment(comment_id, parent_id, person, **values):
    """A comment, which stands below its post or below ``parent_id``; without an author's handle it is our own.

    :param values: further ones of :class:`records.Message`
    """
    return Message(
        key=comment_id,
        external_id=comment_id,
        sender=person,
        conversation=parent_id or comment_id,
        kind="comment",
        is_public=True,
        is_echo=not person.handles,
        reply_to=parent_id,
        **values,
    )


def read_younger(account, body, stamp, since, read, channel):
    """Comments of a page of posts that are younger than those of the last pull.

    :param str stamp: name of a comment's time
    :param str since: time of the youngest comment of the last pull, ``""`` at first
    :param read: callable ``(post, comment) -> record``
    :return: ``(records, time of the youngest, "" for none)``
    """
    rows = [
        (post, row)
        for post in reading.items(body, "data")
        for row in reading.items(post, "comments", "data")
        if reading.text(row, stamp) > since
    ]
    records = graph.each(lambda pair: [read(*pair)], rows, account.account_ref, channel)
    return records, max((reading.text(row, stamp) for _post, row in rows), default="")
