from odoo.exceptions import UserError


class TicketCollisionError(UserError):
    """Somebody else changed the same field since the form was opened."""
