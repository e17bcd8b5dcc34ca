"""Notes in VAR/state of what is finished. A note is written last and by a rename, so a cut-off step leaves none."""

import hashlib
import os

from . import places


def read(name):
    """Value noted under `name`, or None."""
    try:
        return (places.STATE / name).read_text()
    except FileNotFoundError:
        return None


def write(name, value):
    """Note that `name` is finished for `value`."""
    places.STATE.mkdir(parents=True, exist_ok=True)
    unfinished = places.STATE / f"{name}.{os.getpid()}"
    unfinished.write_text(value)
    unfinished.replace(places.STATE / name)


def remove(name):
    """Forget that `name` was finished."""
    (places.STATE / name).unlink(missing_ok=True)


def digest(*parts):
    """Short hash of strings and bytes, the same on every machine."""
    total = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        total.update(len(data).to_bytes(8, "big") + data)
    return total.hexdigest()[:12]
