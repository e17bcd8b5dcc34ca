"""An engine of few words, for tests: a model is a file ``words.txt`` in its folder; what it holds was said."""

from pathlib import Path

NAME = "tiny"


def missing(model):
    return "" if (Path(model or "/nonexistent") / "words.txt").is_file() else "no words.txt"


def transcribe(path, model, language):
    if b"rusak" in Path(path).read_bytes():
        raise ValueError("the sound is broken")
    lines = (Path(model) / "words.txt").read_text(encoding="utf-8").splitlines()
    segments = [{"start": number * 3, "stop": number * 3 + 2.5, "text": line} for number, line in enumerate(lines)]
    return {"segments": segments, "confidence": 0.75}
