"""What the receiver has done, in the text format of Prometheus."""

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4 as CONTENT_TYPE

__all__ = ["CONTENT_TYPE", "exposition"]

PREFIX = "helpdesk_receiver_"
COUNTERS = {
    "stored": "Payloads that went straight into the database",
    "spooled": "Payloads that had to wait on disk",
    "replayed": "Payloads that came from disk into the database",
    "refused": "Payloads that the database refuses for what they are",
}
GAUGES = {
    "spool_batches": "Batches that wait on disk",
    "spool_bytes": "Bytes that wait on disk",
    "spool_age_seconds": "How long the oldest batch waits on disk",
    "spool_rejected": "Payloads put aside, to be looked at by a person",
}


class _Figures:
    def __init__(self, store):
        self._store = store

    def collect(self):
        for name, text in COUNTERS.items():
            yield CounterMetricFamily(PREFIX + name, text, value=self._store.counts[name])
        spool = self._store.spool
        if not spool:
            return
        values = {
            "spool_batches": spool.file_count,
            "spool_bytes": spool.size,
            "spool_age_seconds": spool.age(),
            "spool_rejected": spool.rejected_count,
        }
        for name, value in values.items():
            yield GaugeMetricFamily(PREFIX + name, GAUGES[name], value=value)


def exposition(store):
    """The answer to one scrape, as text.

    :param Store store: what has counted
    """
    registry = CollectorRegistry()
    registry.register(_Figures(store))
    return generate_latest(registry).decode()
