"""The one way this package reports what a person has to mend."""


class Problem(Exception):  # noqa: N818 (it is what a person reads)
    """Something only the reader of the message can mend; shown as one line on stderr, exit code 1."""
