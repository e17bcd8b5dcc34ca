"""A summary of a conversation made of its own sentences: plain Python, nothing is invented.

Each sentence is weighed by how often its words are said in the whole conversation (words that everybody always says
count nothing). The heaviest ones stand in the summary as they were said, in the order of the conversation.
"""

import math
import re
from collections import Counter

SENTENCES = 3
MIN_WORDS = 4
MAX_WORDS = 40
# The reason for a call is told in its first part.
OPENING_SHARE, OPENING_WEIGHT = 0.4, 1.3
CUSTOMER_WEIGHT = 1.15
CUSTOMER_SPEAKERS = {"caller", "customer", "pelanggan", "penelepon", "warga"}
# Words of every call: function words, politeness, and what agents say by rote.
COMMON = frozenset(
    """
    ada adalah agar akan aku anda apa apakah atas atau bagaimana bagi bahwa baik banyak bapak begitu belum benar bila
    bisa boleh bu buat bukan dalam dan dapat dari daripada dengan di dia dong dulu halo harus hanya hari hubungi ia ibu
    ini iya itu jadi jam jangan jika juga kak kakak kalau kami kamu karena kasih ke kepada kita kok lagi lah lain lalu
    lebih maaf maka mas masih mau mbak mohon nah nanti namun oh oke oleh pada pagi pak para per pernah pun saat saja
    salam sama sampai sangat satu saya sebagai sebelum sebentar secara sedang segera sekali sekarang selamat semua
    seperti sering serta setelah siang silakan sini sore situ sudah supaya tadi tanya tapi telah telepon tentang terima
    terus tersebut tetapi tidak toh tolong tunggu untuk waktu ya yaitu yang
    """.split()  # noqa: SIM905 - a list of words is read more easily as text
)
WORD = re.compile(r"[^\W\d_][\w-]+|\d{2,}")
SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|\n+")


def summarise(segments, count=SENTENCES):
    """The sentences that say most about a conversation.

    :param list segments: ``(speaker, text)``, in the order of the conversation
    :param int count: sentences at most
    :return: list of ``(sentence, words that speak for it)``, in the order of the conversation
    """
    sentences = [
        (speaker, sentence.strip())
        for speaker, text in segments
        for sentence in SENTENCE_END.split(text)
        if sentence.strip()
    ]
    told = [_words(sentence) for _speaker, sentence in sentences]
    frequency = Counter(word for words in told for word in set(words))
    weighed = []
    for number, ((speaker, sentence), words) in enumerate(zip(sentences, told, strict=True)):
        length = len(sentence.split())
        if not words or not MIN_WORDS <= length <= MAX_WORDS:
            continue
        weight = sum(math.log1p(frequency[word]) for word in set(words)) / math.sqrt(length)
        if number < max(1, len(sentences) * OPENING_SHARE):
            weight *= OPENING_WEIGHT
        if speaker.lower() in CUSTOMER_SPEAKERS:
            weight *= CUSTOMER_WEIGHT
        weighed.append((weight, number, sentence, words))
    best = sorted(sorted(weighed, key=lambda one: (-one[0], one[1]))[:count], key=lambda one: one[1])
    return [
        (sentence, tuple(sorted(set(words), key=lambda word: (-frequency[word], word))[:4]))
        for _weight, _number, sentence, words in best
    ]


def _words(text):
    return [word for word in (found.lower() for found in WORD.findall(text)) if word not in COMMON]
