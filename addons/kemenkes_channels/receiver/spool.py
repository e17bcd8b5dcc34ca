"""A folder on the receiver's own disk, where payloads wait while the database is away.

One file holds the payloads of one batch, a line each. It gets its name by a rename, after its content is on disk, and
the folder follows before anybody hears "200": a file that has its name is whole, whatever was killed or cut off. Names
rise, so the order of names is the order in which payloads came. A file is removed only when the database has all of it;
a file that is replayed twice does no harm, since the inbox knows a repeat by its key.

Files are written by a thread of their own: requests go on while the disk works.
"""

import fcntl
import json
import logging
import os
import time
from pathlib import Path

import gevent
from gevent.lock import BoundedSemaphore

from .payload import Payload

_logger = logging.getLogger(__name__)

BATCH = ".batch"
UNFINISHED = ".unfinished"
REJECTED = "rejected"
CHANNELS = "channels.json"
NAME_DIGITS = 16


class SpoolFull(Exception):  # noqa: N818 - it is a state, and the sender comes again
    """There is no room for another payload."""


class SpoolTaken(Exception):  # noqa: N818
    """Another receiver works with this folder."""


class Spool:
    """The folder; one process at a time.

    :param Path folder: made when it is not there, readable by this user only
    :param int limit: bytes it may hold
    :raise SpoolTaken: another process holds it
    :raise OSError: it can't be written
    """

    def __init__(self, folder, limit):
        self.folder = Path(folder)
        self.limit = limit
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        (self.folder / REJECTED).mkdir(exist_ok=True)
        self._lock = self._take()
        for file in self.folder.glob(f"*{UNFINISHED}"):
            # nobody was told that it is stored
            file.unlink()
        self._files = {file.name: file.stat().st_size for file in sorted(self.folder.glob(f"*{BATCH}"))}
        self._number = max((int(name.split(".")[0]) for name in self._files), default=0)
        self._writing = 0
        self._write_lock = BoundedSemaphore()

    def _take(self):
        lock = (self.folder / "lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.close()
            raise SpoolTaken(f"another receiver works with {self.folder}") from error
        return lock

    def close(self):
        """Let another process have the folder."""
        self._lock.close()

    # WHAT IS IN IT

    @property
    def is_empty(self):
        """Whether nothing waits and nothing is being written: only then may a payload go past the spool."""
        return not self._files and not self._writing

    @property
    def file_count(self):
        """How many batches wait."""
        return len(self._files)

    @property
    def size(self):
        """How many bytes wait."""
        return sum(self._files.values())

    @property
    def rejected_count(self):
        """How many payloads the database has refused for what they are."""
        return sum(1 for _file in (self.folder / REJECTED).iterdir())

    def age(self):
        """Seconds since the oldest waiting batch was written; 0 when none waits."""
        oldest = next(iter(self._files), None)
        if oldest is None:
            return 0.0
        return max(time.time() - (self.folder / oldest).stat().st_mtime, 0.0)

    # WRITING

    def append(self, payloads):
        """Write a batch; on return it is on disk.

        :raise SpoolFull: there is no room
        """
        self._writing += 1
        try:
            # one at a time: the order of names is the order of arrival
            with self._write_lock:
                self._append(payloads)
        finally:
            self._writing -= 1

    def _append(self, payloads):
        content = "".join(f"{payload.to_line()}\n" for payload in payloads).encode()
        if self.size + len(content) > self.limit:
            raise SpoolFull(f"{self.size} bytes wait already")
        name = f"{self._number + 1:0{NAME_DIGITS}d}{BATCH}"
        try:
            gevent.get_hub().threadpool.apply(self._write, (name, content))
        except OSError as error:
            raise SpoolFull(os.strerror(error.errno)) from error
        self._number += 1
        self._files[name] = len(content)

    def _write(self, name, content):
        path = self.folder / name
        unfinished = path.with_suffix(UNFINISHED)
        try:
            with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            unfinished.rename(path)
            _sync_folder(self.folder)
        except OSError:
            # nobody is told that it is stored, so it must not be found later
            unfinished.unlink(missing_ok=True)
            path.unlink(missing_ok=True)
            raise

    # READING

    def oldest(self, most):
        """Names of the batches that wait longest, and their payloads: as many whole batches as hold at most so many
        payloads, one batch at least; nothing where none waits.

        :raise ValueError: the oldest can't be read
        """
        names, payloads = [], []
        for name in list(self._files):
            lines = (self.folder / name).read_text().splitlines()
            if names and len(payloads) + len(lines) > most:
                break
            try:
                read = [Payload.from_line(line) for line in lines]
            except ValueError:
                if names:
                    break
                raise
            names.append(name)
            payloads += read
        return names, payloads

    def remove(self, names):
        """Forget batches that the database has."""
        for name in names:
            (self.folder / name).unlink(missing_ok=True)
            self._files.pop(name, None)

    def reject(self, payload):
        """Put a payload aside that the database refuses for what it is; a person looks at it."""
        path = self.folder / REJECTED / f"{time.time_ns()}.json"
        path.write_text(payload.to_line())
        path.chmod(0o600)

    def put_aside(self):
        """Put the oldest batch aside, which can't be read."""
        name = next(iter(self._files))
        (self.folder / name).rename(self.folder / REJECTED / name)
        self._files.pop(name, None)

    # CHANNELS

    def keep_channels(self, rows):
        """Remember the channels, so that a receiver that starts while the database is away knows them."""
        path = self.folder / CHANNELS
        unfinished = path.with_suffix(UNFINISHED)
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(rows, file)
        unfinished.rename(path)

    def channels(self):
        """The channels as they were kept last; None when they never were."""
        try:
            return json.loads((self.folder / CHANNELS).read_text())
        except (FileNotFoundError, ValueError):
            return None


def _sync_folder(folder):
    """A rename is on disk only when its folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
