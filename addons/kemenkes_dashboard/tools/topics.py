"""Which words stand out in some texts against others; plain Python, nothing outside, each result explained by counts.

Texts are counted by ticket (or review): however often somebody repeats a word, it counts once. A word stands out where
it is in clearly more of the texts at hand than the others let one expect; how sure that is, is told by the signed
log-likelihood ratio (Dunning 1993, "Accurate Methods for the Statistics of Surprise and Coincidence").
"""

import math
import re
from collections import Counter
from itertools import pairwise
from typing import NamedTuple

SHORTEST = 3
LONGEST = 5000
CLAUSE = re.compile(r"[.,;:!?()\n]+")
WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
REPEATED = re.compile(r"(.)\1{2,}")
# 6.63 is exceeded by chance once in a hundred times.
SUREST, LEAST_FACTOR = 6.63, 1.5
# Of a word and a pair that contains it, one is shown where it stands in nearly as many texts.
NEARLY = 0.7
# Candidates that are looked at more closely.
MOST = 50
# What says nothing of what a text is about: greetings, thanks, grammar.
STOPWORDS = frozenset(
    (
        "ada", "adalah", "admin", "agar", "aja", "akan", "aku", "and", "anda", "antara", "apa", "apabila", "apakah",
        "are", "assalamualaikum", "atas", "atau", "bagaimana", "bagi", "bahwa", "baik", "bang", "banget", "bantu",
        "bantuan", "bantuannya", "banyak", "bapa", "bapak", "bawah", "beberapa", "begitu", "beliau", "belum", "berapa",
        "berikut", "besok", "bgt", "bila", "bisa", "blm", "bu", "buat", "bukan", "bulan", "cara", "coba", "cukup",
        "cuma", "dalam", "dan", "dapat", "dari", "deh", "demikian", "dengan", "dgn", "dia", "dibantu", "dibuat",
        "dicoba", "digunakan", "dilakukan", "dimana", "dipakai", "dll", "dok", "dokter", "dong", "dpt", "dsb", "dua",
        "empat", "enggak", "for", "from", "gak", "gimana", "hai", "hal", "hallo", "halo", "hanya", "harap", "hari",
        "harus", "has", "have", "hello", "hingga", "hormat", "ialah", "ibu", "ijin", "ingin", "ini", "itu", "iya",
        "izin", "jadi", "jam", "jangan", "jg", "jika", "juga", "kadang", "kak", "kakak", "kalau", "kali", "kami",
        "kamu", "kan", "kapan", "karena", "kasih", "kemarin", "kemudian", "kenapa", "kepada", "ketika", "kita", "kok",
        "krn", "kurang", "lagi", "lah", "lalu", "lebih", "lima", "loh", "luar", "maaf", "maka", "makasih", "malam",
        "mana", "mas", "masih", "masing", "mau", "maupun", "mbak", "melakukan", "membuat", "mencoba", "mengapa",
        "mengenai", "menggunakan", "menit", "mereka", "min", "minggu", "minta", "mohon", "mungkin", "nah", "namun",
        "ngga", "nggak", "not", "nya", "oke", "oleh", "our", "pada", "pagi", "pak", "pakai", "paling", "para",
        "perihal", "perlu", "permisi", "pernah", "petugas", "pihak", "please", "pun", "saat", "saja", "salam", "sama",
        "sampai", "sana", "sangat", "satu", "saya", "sdh", "sebab", "sebagai", "sebelum", "sebelumnya", "sebuah",
        "secara", "sedang", "segera", "sehubungan", "sejak", "sekali", "sekarang", "selalu", "selamat", "selanjutnya",
        "semua", "seperti", "sering", "serta", "sesuai", "setelah", "setiap", "siang", "siap", "siapa", "sih", "sini",
        "situ", "sore", "suatu", "sudah", "supaya", "tadi", "tahun", "tak", "tanggal", "tanpa", "tapi", "tdk", "telah",
        "tentang", "terima", "terimakasih", "terkait", "tersebut", "terus", "tetapi", "thanks", "that", "the", "this",
        "tiap", "tidak", "tidaknya", "tiga", "tim", "tolong", "tsb", "udah", "udh", "untuk", "utk", "waalaikumsalam",
        "wib", "wit", "wita", "with", "ya", "yah", "yaitu", "yakni", "yang", "yg", "you", "your",
    )
)  # fmt: skip


class Topic(NamedTuple):
    """A word or pair of words.

    :param str term:
    :param int count: texts at hand that have it
    :param float expected: how many of them would have it if it were as frequent as in the others
    :param float score: signed log-likelihood ratio; the higher, the surer
    """

    term: str
    count: int
    expected: float
    score: float


def terms(text, slang, hidden=frozenset()):
    """The words and pairs of neighbouring words of a text that may be a topic.

    :param str text: plain text
    :param dict slang: colloquial word to its formal words
    :param hidden: words in lower case that must not come out, such as names
    :return: set of str
    """
    found = set()
    for clause in CLAUSE.split(REPEATED.sub(r"\1", text[:LONGEST].lower())):
        words = [word for token in WORD.findall(clause) for word in slang.get(token, token).split()]
        kept = [word if _tells(word, hidden) else None for word in words]
        found.update(word for word in kept if word)
        found.update(f"{first} {second}" for first, second in pairwise(kept) if first and second and first != second)
    return found


def _tells(word, hidden):
    return len(word) >= SHORTEST and word not in STOPWORDS and word not in hidden


def standing_out(counts, size, other_counts, other_size, fewest=3, most=MOST):
    """The terms that stand out in some texts against others.

    :param Counter counts: term to number of texts at hand that have it
    :param int size: number of texts at hand
    :param Counter other_counts: the same of the others
    :param int other_size: number of the others; without others nothing can stand out
    :param int fewest: texts that must have a term
    :param int most: terms to return
    :return: list of Topic, the surest first
    """
    if not size or not other_size:
        return []
    found = []
    for term, count in counts.items():
        if count < fewest:
            continue
        # half a text more, so that what was never there before does not divide by nothing
        expected = (other_counts.get(term, 0) + 0.5) * size / (other_size + 1)
        score = _ratio(count, size, other_counts.get(term, 0), other_size)
        if count >= LEAST_FACTOR * expected and score >= SUREST:
            found.append(Topic(term, count, round(expected, 1), round(score, 1)))
    found.sort(key=lambda topic: (-topic.score, topic.term))
    return _without_parts(found)[:most]


def _ratio(count, size, other_count, other_size):
    share = (count + other_count) / (size + other_size)
    if share >= 1:
        return 0.0
    parts = (
        (count, size * share),
        (size - count, size * (1 - share)),
        (other_count, other_size * share),
        (other_size - other_count, other_size * (1 - share)),
    )
    ratio = 2 * sum(seen * math.log(seen / expected) for seen, expected in parts if seen)
    return ratio if count / size > other_count / other_size else -ratio


def _without_parts(topics):
    """A pair takes the place of its words where nearly as many texts have it as each of them; otherwise it goes."""
    counts = {topic.term: topic.count for topic in topics}
    gone = set()
    for topic in topics:
        parts = [word for word in topic.term.split() if word != topic.term and word in counts]
        if all(topic.count >= NEARLY * counts[word] for word in parts):
            gone.update(parts)
        else:
            gone.add(topic.term)
    return [topic for topic in topics if topic.term not in gone]


def distinct(topics, texts, most):
    """Of topics that stand in much the same texts, such as the pairs of one sentence, only the surest.

    :param list topics: the surest first
    :param texts: iterable of sets of terms
    :param int most: topics to return
    """
    holders = {topic.term: {number for number, found in enumerate(texts) if topic.term in found} for topic in topics}
    kept = []
    for topic in topics:
        mine = holders[topic.term]
        if all(len(mine & holders[one.term]) < NEARLY * len(mine | holders[one.term]) for one in kept):
            kept.append(topic)
    return kept[:most]


def count_terms(texts):
    """In how many texts each term stands.

    :param texts: iterable of sets of terms
    :rtype: Counter
    """
    counts = Counter()
    for found in texts:
        counts.update(found)
    return counts


def chance_of(count, expected):
    """How likely at least ``count`` events are where ``expected`` come on average (Poisson).

    :rtype: float
    """
    if count <= 0:
        return 1.0
    term = total = math.exp(-expected)
    for number in range(1, count):
        term *= expected / number
        total += term
    return max(0.0, 1.0 - total)
