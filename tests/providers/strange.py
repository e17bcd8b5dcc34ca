"""Payloads that no service sends: any JSON, and real samples with parts replaced by any JSON."""

import copy

from hypothesis import strategies as st

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**40), 10**40)
    | st.floats()
    | st.text(st.characters(exclude_categories=[]), max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


def damaged(samples):
    """A strategy: one of the samples with one to four of its parts replaced."""

    @st.composite
    def make(draw):
        payload = copy.deepcopy(draw(st.sampled_from(samples)))
        for _time in range(draw(st.integers(1, 4))):
            payload = _replace(draw, payload)
        return payload

    return make()


def _replace(draw, payload):
    path = draw(st.sampled_from(list(_paths(payload))))
    if not path:
        return draw(json_values)
    parent = payload
    for step in path[:-1]:
        parent = parent[step]
    if draw(st.booleans()):
        parent[path[-1]] = draw(json_values)
    elif isinstance(parent, dict):
        del parent[path[-1]]
    return payload


def _paths(value, path=()):
    yield path
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _paths(inner, (*path, name))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _paths(inner, (*path, number))
