"""A question with a few answers to choose from, whatever channel it is asked on: plain data, no Odoo."""

from typing import NamedTuple

from markupsafe import Markup


class Answer(NamedTuple):
    """One answer to choose: ``title`` is what the customer's message says once it is chosen."""

    code: str
    title: str
    description: str = ""


class Question(NamedTuple):
    """What a customer is asked, in their language.

    :param words: the whole question, for channels without buttons: it says how to answer
    :param short: the question alone, where the channel shows the answers itself or a link follows
    :param answers: tuple of :class:`Answer`
    :param choose: what the button says behind which a list of answers opens
    :param reference: the ticket's number
    :param link: a page on which it can be answered, too
    """

    words: Markup
    short: Markup
    answers: tuple
    choose: str
    reference: str
    link: str
