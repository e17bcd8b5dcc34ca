"""faster-whisper with a model in a local folder; nothing is ever downloaded."""

import importlib.util
import math
from pathlib import Path

NAME = "faster-whisper"
FILES = ("model.bin", "config.json", "tokenizer.json")
# Two threads: a transcription runs beside the helpdesk, not instead of it.
THREADS = 2


def missing(model):
    """What is not there: the package, the folder, one of its files."""
    if importlib.util.find_spec("faster_whisper") is None:
        return "the package faster-whisper is not installed"
    absent = [name for name in FILES if not (Path(model or "/nonexistent") / name).is_file()]
    return f"not in the model's folder: {', '.join(absent)}" if absent else ""


def transcribe(path, model, language):
    """The language is never guessed: short calls are taken for Arabic or Thai."""
    from faster_whisper import WhisperModel

    whisper = WhisperModel(model, device="cpu", compute_type="int8", cpu_threads=THREADS, local_files_only=True)
    found, _info = whisper.transcribe(path, language=language, vad_filter=False, condition_on_previous_text=False)
    segments, weights = [], []
    for segment in found:
        text = segment.text.strip()
        if text:
            segments.append({"start": segment.start, "stop": segment.end, "text": text})
            weights.append((segment.end - segment.start, math.exp(min(0.0, segment.avg_logprob))))
    total = sum(length for length, _probability in weights)
    confidence = sum(length * probability for length, probability in weights) / total if total else None
    return {"segments": segments, "confidence": confidence}
