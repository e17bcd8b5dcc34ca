"""Readings and counters in the text format of Prometheus."""

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4 as CONTENT_TYPE

from . import checks

__all__ = ["CONTENT_TYPE", "exposition"]

PREFIX = "helpdesk_"
STATE_NUMBERS = {checks.OK: 0, checks.WARNING: 1, checks.CRITICAL: 2, checks.UNKNOWN: 3}


class _Figures:
    """A collector of figures that were read already: what one scrape sees is of one moment."""

    def __init__(self, readings, counters, node):
        self._readings, self._counters, self._node = readings, counters, node

    def collect(self):
        yield GaugeMetricFamily(f"{PREFIX}up", "1 where this node answers", value=1)
        state = GaugeMetricFamily(
            f"{PREFIX}check_state", "0 ok, 1 warning, 2 critical, 3 can't be read", labels=["check", "node"]
        )
        for reading in self._readings:
            state.add_metric([reading.check.name, self._node], STATE_NUMBERS[reading.state])
            if reading.value is not None:
                yield GaugeMetricFamily(PREFIX + reading.check.name, reading.check.help, value=reading.value)
        yield state
        for name, value in self._counters.items():
            yield CounterMetricFamily(PREFIX + name, checks.COUNTERS[name], value=value)


def exposition(readings, counters, node):
    """The answer to one scrape, as bytes.

    :param list readings: of :class:`checks.Reading`
    :param dict counters: value of each counter, by name
    :param str node: name of the machine that answers
    """
    registry = CollectorRegistry()
    registry.register(_Figures(readings, counters, node))
    return generate_latest(registry)
