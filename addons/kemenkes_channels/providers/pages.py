"""Pages of lists that were asked for, cut down to what is news: the same page comes again and again, and is stored."""

import json

from . import reading


def keep(raw, wanted):
    """A page with only some of its items.

    :param bytes raw: the page: JSON with one list under ``reviews`` or ``data``
    :param wanted: places in that list
    :return: bytes that :func:`parse` of the provider reads as it would have read these items in the page
    """
    page = reading.load(raw)
    for name in ("reviews", "data"):
        if isinstance(page, dict) and isinstance(page.get(name), list):
            page[name] = [item for number, item in enumerate(page[name]) if number in wanted]
            return json.dumps(page, ensure_ascii=False).encode("utf-8", "replace")
    return raw
