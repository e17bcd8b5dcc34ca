"""Runs a speech engine on a file, in a process of its own."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from .. import speech
from ..providers import reading
from ..providers.records import Segment, Transcript

ADDON = Path(__file__).parents[1]
# A recording of a quarter of an hour takes five minutes on two cores.
TIMEOUT = 30 * 60
MAX_SEGMENTS = 5000


class SpeechError(Exception):
    """The engine did not get through; the message is for whoever looks after the server."""


def transcribe(content, engine, model, language, suffix=""):
    """What is said in a sound file.

    :param bytes content: of the file
    :param str engine: name of an engine of :mod:`~..speech`
    :param str model: its folder
    :param str language: such as ``id``
    :param str suffix: of the file's name, such as ``.wav``
    :raise SpeechError: no such engine, or it failed
    :return: :class:`~..providers.records.Transcript`
    """
    module = speech.module_of(engine)
    if not module:
        raise SpeechError(f"no engine is called {engine}")
    with tempfile.NamedTemporaryFile(prefix="call-", suffix=suffix) as file:
        file.write(content)
        file.flush()
        told = _run(module, model, language, file.name)
    segments = tuple(filter(None, map(_segment, reading.items(told, "segments")[:MAX_SEGMENTS])))
    confidence = reading.decimal(told, "confidence")
    return Transcript(engine=engine, language=language, confidence=confidence, segments=segments)


def _run(module, model, language, path):
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(ADDON), *sys.path]),
        # never a question to a model hub
        "HF_HUB_OFFLINE": "1",
    }
    command = [sys.executable, "-m", "speech", module, model, language, path]
    try:
        done = subprocess.run(
            command, env=environment, capture_output=True, timeout=TIMEOUT, check=False, cwd=tempfile.gettempdir()
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise SpeechError(type(error).__name__) from error
    if done.returncode:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise SpeechError(lines[-1][:300] if lines else f"exit code {done.returncode}")
    return reading.load(done.stdout)


def _segment(told):
    text = reading.text(told, "text").strip()
    start, stop = (max(0.0, reading.decimal(told, name) or 0.0) for name in ("start", "stop"))
    return Segment(start, max(start, stop), text) if text else None
