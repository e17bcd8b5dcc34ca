"""What comes in, a batch at a time, on its way to a ticket."""


class Arrival:
    """One message or record of a batch.

    Subclasses have ``ticket``, where it is known already; ``source``, the merged ticket that it answers while its
    survivor is the ticket; ``opener``, the one of the same batch whose ticket this one belongs to.
    """

    __slots__ = ()

    @property
    def opens(self):
        """Whether a ticket is made of it."""
        return not self.ticket and not self.opener

    def settle(self):
        """The ticket, once the tickets of the batch are made."""
        return self.ticket or self.opener.settle()

    def number(self):
        """The ticket under whose number it was said: that of its customer, also after a merge."""
        if not self.ticket:
            return self.opener.number()
        return self.source or self.ticket
