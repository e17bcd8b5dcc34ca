"""Placeholders such as {{customer}} in canned words: names from a fixed list, never an expression.

An expression language in texts that many people may edit would be a door into the server; a list of
names is all that canned answers need.
"""

import re

from markupsafe import Markup, escape

_PLACEHOLDER = re.compile(r"\{\{\s*([a-z_]+)\s*\}\}")


def render(text, values):
    """Put values in place of the placeholders that are known; others stay as they stand.

    :param text: ``str``, or ``Markup``, into which values go escaped
    :param dict values: ``{name: str}``
    :return: the same type as ``text``
    """
    if isinstance(text, Markup):
        rendered = _PLACEHOLDER.sub(lambda match: str(escape(values.get(match[1], match[0]))), str(text))
        return Markup(rendered)  # noqa: S704 - the values went in escaped
    return _PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), text)


def unknown(text, names):
    """The placeholders of ``text`` that are not in ``names``, in order, each once.

    :param str text: plain or HTML
    :param names: collection of known names
    :return: list of str
    """
    return list(dict.fromkeys(name for name in _PLACEHOLDER.findall(text or "") if name not in names))
