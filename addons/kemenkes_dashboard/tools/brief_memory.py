"""What is costly to find out and may be some seconds old, found out once for all threads of a process."""

import threading
import time

# Keys are few and known; more than this is a mistake of the caller's, and must not eat the memory.
MOST_KEYS = 1000


class BriefMemory:
    """Values by key, each with the time until which it holds."""

    def __init__(self, clock=time.monotonic):
        self._clock = clock
        self._values = {}
        self._locks = {}
        self._guard = threading.Lock()

    def get(self, key, seconds, find):
        """The value of ``key``, at most ``seconds`` old; of several that ask at once, one finds it out.

        :param key: hashable
        :param float seconds: how old the value may be
        :param find: callable without arguments
        """
        with self._lock_of(key):
            known = self._values.get(key)
            if known and self._clock() < known[0]:
                return known[1]
            value = find()
            self._values[key] = self._clock() + seconds, value
            return value

    def forget(self):
        """Nothing is known any more."""
        with self._guard:
            self._values.clear()

    def _lock_of(self, key):
        with self._guard:
            if len(self._locks) > MOST_KEYS:
                self._values.clear()
                self._locks.clear()
            return self._locks.setdefault(key, threading.Lock())
