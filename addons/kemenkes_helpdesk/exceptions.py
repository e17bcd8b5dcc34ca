from odoo.exceptions import UserError


class TicketCollisionError(UserError):
    """Somebody else changed the same field since the form was opened."""


class TicketAnsweredError(UserError):
    """A colleague answered the customer while this answer was being written."""
