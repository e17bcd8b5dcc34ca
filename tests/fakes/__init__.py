"""Outside services played by small HTTP servers, for tests and for a person's hand: `make fakes`.

One file a service; each is a :class:`~tests.fakes.fake.Fake`, served under its own key by :mod:`tests.fakes.server`.
"""
