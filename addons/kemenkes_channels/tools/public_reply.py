"""Answers that everybody can read: no personal data in them, and none asked for. Plain Python, no Odoo."""

import re

# What agents must not ask for in public.
_ASKED = (
    r"(?:nik|ktp|kk|no(?:mor)?\.?\s*(?:ktp|kk|hp|wa|bpjs|jkn|telepon|telp|rekam\s+medis|identitas)|kartu\s+keluarga)"
)
_ASKING = (
    r"(?:kirim|sebut|tulis|cantum|isi|beri|infor?masi|sampai|balas|komentar|lampir|sertakan|inbox|send|share|reply\s+with)"
    r"\w*"
)
# "jangan menuliskan NIK di sini" is good advice.
_WARNING = re.compile(r"\b(?:jangan|tidak\s+perlu|tanpa|do\s+not|don't|never)\b", re.IGNORECASE)
# A private place in the same sentence: the data does not come here.
_PRIVATE = re.compile(
    r"\b(?:dm|direct\s+message|pesan\s+(?:pribadi|langsung)|surel|e-?mail|whatsapp|wa\s|halo\s*kemkes|1500[-\s]?567|formulir|"
    r"melalui\s+aplikasi|lewat\s+aplikasi|di\s+aplikasi)",
    re.IGNORECASE,
)
_REQUEST = re.compile(rf"\b{_ASKING}\b[^.!?\n]{{0,80}}\b{_ASKED}\b", re.IGNORECASE)
_SENTENCE = re.compile(r"[^.!?\n]*(?:[.!?\n]|$)")
# NIK, family card: 16 digits; BPJS: 13 digits beginning with 000.
_NUMBER = re.compile(r"(?<!\d)(?:\d[ .-]?){15}\d(?!\d)|(?<!\d)000(?:[ .-]?\d){10}(?!\d)")


def find_fault(text):
    """What speaks against publishing a text.

    :return: "holds" (an identity number), "asks" (for personal data, in public), or None
    """
    if _NUMBER.search(text):
        return "holds"
    for sentence in _SENTENCE.findall(text):
        if _REQUEST.search(sentence) and not _WARNING.search(sentence) and not _PRIVATE.search(sentence):
            return "asks"
    return None
