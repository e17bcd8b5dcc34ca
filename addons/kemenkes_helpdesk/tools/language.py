"""Is a text Indonesian or English? Enough for rules and replies, and nothing to install."""

import re

# The most frequent words of each language that the other doesn't have; colloquial spellings are in.
_COMMON = {
    "id": frozenset(
        [
            "yang",
            "yg",
            "dan",
            "di",
            "ke",
            "dari",
            "untuk",
            "utk",
            "tidak",
            "tdk",
            "gak",
            "ga",
            "nggak",
            "bisa",
            "saya",
            "sy",
            "aku",
            "kami",
            "ini",
            "itu",
            "sudah",
            "sdh",
            "udah",
            "belum",
            "blm",
            "dengan",
            "dgn",
            "mohon",
            "tolong",
            "bagaimana",
            "gimana",
            "kenapa",
            "mengapa",
            "apakah",
            "terima",
            "kasih",
            "makasih",
            "selamat",
            "pagi",
            "siang",
            "sore",
            "aplikasi",
            "masuk",
            "akun",
            "ada",
            "atau",
            "jika",
            "kalau",
            "karena",
            "krn",
            "juga",
            "akan",
            "mau",
            "harus",
            "lagi",
            "min",
            "pak",
            "bu",
            "kak",
        ]
    ),
    "en": frozenset(
        [
            "the",
            "and",
            "to",
            "of",
            "is",
            "are",
            "was",
            "were",
            "i",
            "you",
            "we",
            "they",
            "it",
            "this",
            "that",
            "for",
            "with",
            "not",
            "can",
            "cannot",
            "can't",
            "please",
            "thank",
            "thanks",
            "how",
            "why",
            "what",
            "when",
            "have",
            "has",
            "had",
            "my",
            "your",
            "our",
            "from",
            "but",
            "if",
            "because",
            "does",
            "do",
            "don't",
            "will",
            "would",
            "should",
            "app",
            "account",
        ]
    ),
}
_WORD = re.compile(r"[a-z']+")


def detect(text):
    """The language of a text by its most frequent words.

    :param str text: plain text
    :return: "id", "en", or None where neither has more words
    """
    words = _WORD.findall(text.lower())
    counts = {language: sum(word in common for word in words) for language, common in _COMMON.items()}
    if counts["id"] == counts["en"]:
        return None
    return max(counts, key=counts.get)
