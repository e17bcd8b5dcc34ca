"""What a reader's browser would fetch by itself from elsewhere while it shows a message. Plain Python, no Odoo.

A picture on a stranger's server tells the stranger when, where and by whom the message is read, and a browser inside
the house can be made to call addresses that only the house reaches.
"""

import re
from urllib.parse import urlsplit

from lxml import etree, html

# Addresses of this server, of the mail's own parts, and content that stands in the address itself.
_LOCAL = re.compile(r"(?:cid:|data:image/|#|/(?![/\\]))", re.IGNORECASE)
_FETCHED = ("src", "srcset", "background", "poster", "data", "lowsrc", "dynsrc", "longdesc")
# What a declaration of a style fetches something by, or hides it behind.
_STYLE_FETCHES = re.compile(r"(?:url|image|image-set|src)\s*\(|\\", re.IGNORECASE)
_LINKS = ("a", "area")
_HINT = re.compile(r"<[^>]*=")
# Nobody is meant to see these.
_PIXEL = 3


def block_remote(source, label):
    """``source`` with its remote pictures as links to follow, and nothing else that is fetched by itself.

    :param str source: HTML, a fragment
    :param label: function of a host's name that gives the text of such a link
    :return: HTML
    """
    if not source or not _HINT.search(source):
        return source
    try:
        root = html.fragment_fromstring(source, create_parent="div")
    except etree.ParserError:
        return ""
    for element in list(root.iter(etree.Element)):
        _block(element, label)
    inner = [etree.tostring(child, encoding="unicode", method="html") for child in root]
    text = (root.text or "").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text + "".join(inner)


def _block(element, label):
    if element.get("style") and _STYLE_FETCHES.search(element.get("style")):
        # one declaration at a time: an expression over all of them would take the square of a long style's length
        declarations = element.get("style").split(";")
        element.set("style", ";".join(part for part in declarations if not _STYLE_FETCHES.search(part)))
    address = (element.get("src") or "").strip()
    for name in list(element.attrib):
        fetched = name in _FETCHED or (name.endswith("href") and element.tag not in _LINKS)
        if fetched and not _LOCAL.match(element.get(name).strip()):
            del element.attrib[name]
    if element.tag != "img" or "src" in element.attrib:
        return
    host = "" if _is_pixel(element) else _host(address)
    if not host:
        element.drop_tree()
        return
    element.attrib.clear()
    element.tag = "a"
    element.text = label(host)
    for name, value in (("href", address), ("target", "_blank"), ("rel", "noopener noreferrer nofollow")):
        element.set(name, value)


def _host(address):
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return (parts.hostname or "") if parts.scheme in ("http", "https") else ""


def _is_pixel(element):
    sizes = [element.get(name, "").removesuffix("px") for name in ("width", "height")]
    return any(size.isdigit() and int(size) <= _PIXEL for size in sizes)
