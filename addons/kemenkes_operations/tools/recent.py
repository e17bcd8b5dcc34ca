"""What costs much and changes little, remembered for a few seconds by each process."""

import threading
import time


class Recent:
    """Values by key, each at most ``seconds`` old. Many who ask at once cost one making; safe among threads."""

    def __init__(self, seconds, clock=time.monotonic):
        self.seconds = seconds
        self.clock = clock
        self._values = {}
        self._locks = {}
        self._guard = threading.Lock()

    def get(self, key, make):
        """The value of ``key``, made where there is none that is fresh.

        While one thread makes a new one, others get the old one; where there is none yet, they wait for it.

        :param make: callable without parameters; what it raises goes to the caller and is not remembered
        """
        with self._guard:
            lock = self._locks.setdefault(key, threading.Lock())
            known = self._values.get(key)
        if self._is_fresh(known):
            return known[1]
        if not lock.acquire(blocking=known is None):
            return known[1]
        try:
            # somebody may have made it while this thread waited
            known = self._values.get(key)
            if not self._is_fresh(known):
                self._values[key] = known = (self.clock(), make())
            return known[1]
        finally:
            lock.release()

    def forget(self):
        """Start anew."""
        self._values.clear()

    def _is_fresh(self, known):
        return known is not None and self.clock() - known[0] < self.seconds
