import re

from zxcvbn.frequency_lists import FREQUENCY_LISTS

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import lazy

SHORTEST = 8
# The 30,000 passwords that were seen most often where lists of them leaked.
COMMON = lazy(lambda: frozenset(word for word in _leaked() if len(word) >= SHORTEST))
# What anybody would try here first, with or without digits and signs around it.
OURS = frozenset(
    (
        "kemenkes",
        "kemkes",
        "helpdesk",
        "pusdatin",
        "kesehatan",
        "satusehat",
        "halokemenkes",
        "halokemkes",
        "indonesia",
        "jakarta",
        "rahasia",
        "password",
        "katasandi",
        "kemenkeshelpdesk",
        "administrator",
        "supervisor",
        "selamatdatang",
        "bismillah",
    )
)
NOT_A_LETTER = re.compile(r"[^a-z]+")


class ResUsers(models.Model):
    """Passwords that are tried first are not taken, however long. No rule about kinds of characters, no expiry."""

    _inherit = "res.users"

    def _check_password_policy(self, passwords):
        super()._check_password_policy(passwords)
        if any(password and _is_known(password) for password in passwords):
            raise UserError(
                self.env._("This password is among those that are tried first. Choose another: several words are best.")
            )


def _is_known(password):
    lowered = password.lower()
    return lowered in COMMON or NOT_A_LETTER.sub("", lowered) in OURS


def _leaked():
    words = FREQUENCY_LISTS["passwords"]
    return words.split(",") if isinstance(words, str) else words
