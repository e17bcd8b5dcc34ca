"""Whether a text is negative, neutral or positive, in formal and colloquial Indonesian; plain Python, nothing outside.

The model is an NB-SVM (Wang and Manning 2012, "Baselines and Bigrams") over words and pairs of words, exported as
weights by ``scripts/train_sentiment``. A text is made of words, slang is written out, and the three words after a
negation carry a mark, so that "tidak bagus" is not "bagus".
"""

import gzip
import json
import math
import re
from collections import Counter
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

LABELS = ("negative", "neutral", "positive")
MODEL = Path(__file__).parent.parent / "data" / "sentiment_model.json.gz"

NEGATIONS = frozenset(
    (
        "tidak", "tak", "bukan", "belum", "jangan", "kurang", "tanpa", "gak", "ga", "nggak", "ngga", "enggak", "engga",
        "kagak", "gk", "tdk", "blm", "bkn", "jgn", "krg", "ndak",
    )
)  # fmt: skip
NEGATION_WINDOW = 3
MARK = "NOT_"
TOKEN = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*|\d+|[!?]|[\U0001F300-\U0001FAFF\u2600-\u27BF]")
REPEATED = re.compile(r"(.)\1{2,}")
CLAUSE_ENDS = frozenset(".,;:!?")
# Anybody may write anything: what comes after this many characters changes no label.
LONGEST = 5000


class Sentiment(NamedTuple):
    """``label`` is one of LABELS; ``margin`` says how far it is ahead of the next one, 0 or more."""

    label: str
    margin: float


class Model(NamedTuple):
    """``weights``: ``{feature: (idf, weight of each label)}``; ``bias`` of each label; ``slang``: ``{word: words}``."""

    weights: dict
    bias: tuple
    slang: dict


def words(text, slang):
    """The words of a text as the model knows them.

    :param str text: plain text
    :param dict slang: colloquial word to its formal words
    :return: list of str
    """
    result, negated = [], 0
    for token in TOKEN.findall(REPEATED.sub(r"\1", text[:LONGEST].lower())):
        if token in CLAUSE_ENDS:
            negated = 0
            result.append(token)
            continue
        for word in slang[token].split() if token in slang else (token,):
            if word in NEGATIONS:
                negated = NEGATION_WINDOW
                result.append(word)
            elif negated:
                negated -= 1
                result.append(MARK + word)
            else:
                result.append(word)
    return result


def features(text, slang):
    """How often each word and each pair of neighbours stands in a text.

    :rtype: collections.Counter
    """
    found = words(text, slang)
    return Counter([*found, *map(" ".join, pairwise(found))])


def score(text, model):
    """The sentiment of a text.

    :param str text: plain text; an empty one is neutral
    :param Model model: see :func:`load`
    :rtype: Sentiment
    """
    # a hundred features a text, ten thousand texts a second: no loop over the labels inside this one
    negative = neutral = positive = square = 0.0
    weights = model.weights
    for feature, count in features(text, model.slang).items():
        if feature not in weights:
            continue
        idf, to_negative, to_neutral, to_positive = weights[feature]
        frequency = 1 + math.log(count) if count > 1 else 1.0
        square += (frequency * idf) ** 2
        negative += frequency * to_negative
        neutral += frequency * to_neutral
        positive += frequency * to_positive
    if not square:
        return Sentiment("neutral", 0.0)
    length = math.sqrt(square)
    sums = (negative, neutral, positive)
    totals = [total / length + bias for total, bias in zip(sums, model.bias, strict=True)]
    best, second = sorted(totals, reverse=True)[:2]
    return Sentiment(LABELS[totals.index(best)], best - second)


@lru_cache(maxsize=1)
def load(path=MODEL):
    """The model that ships, or another one of the same form; read once for every process.

    :param Path path: gzipped JSON as :func:`dump` writes it
    :rtype: Model
    """
    stored = json.loads(gzip.decompress(Path(path).read_bytes()))
    return Model(stored["weights"], tuple(stored["bias"]), stored["slang"])


def dump(model, path, origin):
    """Write a model; the same model gives the same bytes.

    :param Model model: see there
    :param Path path: where to
    :param str origin: of the texts and words it was made from, with their licences
    """
    stored = {"origin": origin, "bias": model.bias, "slang": model.slang, "weights": model.weights}
    text = json.dumps(stored, ensure_ascii=False, separators=(",", ":"))
    Path(path).write_bytes(gzip.compress(text.encode(), compresslevel=9, mtime=0))
