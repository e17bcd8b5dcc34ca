"""Words, phrases and regular expressions looked for in customers' texts."""

import regex

# Seconds one expression may take on one text. A runaway pattern costs this much and no more.
TIMEOUT = 0.1
# Longer texts are searched up to here: what a mail is about stands near its top.
MAX_CHARACTERS = 20_000


class PatternError(ValueError):
    """The pattern can't be compiled; the message says where."""


class PatternTimeoutError(RuntimeError):
    """The pattern took longer than TIMEOUT on one text."""


def compile_words(lines):
    """One expression for whole words and phrases, any of which may stand in the text.

    Case and runs of white space don't matter.

    :param list lines: words or phrases, one each
    :return: compiled pattern
    """
    alternatives = (r"\s+".join(regex.escape(word) for word in line.split()) for line in lines)
    return regex.compile(rf"(?<!\w)(?:{'|'.join(alternatives)})(?!\w)", regex.IGNORECASE)


def compile_expression(expression):
    """A regular expression as a supervisor wrote it, case ignored.

    :raise PatternError: it is no regular expression
    """
    try:
        return regex.compile(expression, regex.IGNORECASE)
    except regex.error as error:
        raise PatternError(str(error)) from error


def find(pattern, text):
    """The first words of ``text`` that match, or None.

    :raise PatternTimeoutError: the pattern ran away
    """
    try:
        match = pattern.search(text[:MAX_CHARACTERS], timeout=TIMEOUT)
    except TimeoutError as error:
        raise PatternTimeoutError(pattern.pattern) from error
    return match and match[0]
