from odoo import fields, models

# The second part of the bus channel of a site's floor; the first is the site.
FLOOR = "floor"


class HelpdeskSite(models.Model):
    """How work is logged in to at a site."""

    _inherit = "helpdesk.site"

    away_seconds = fields.Integer(
        "Away without a sign for (seconds)",
        default=180,
        help="An agent whose browser was not heard of for so long is set away, and waiting work goes to others.",
    )
    leave_minutes = fields.Integer(
        "Work ends after being away for (minutes)",
        default=30,
        help="Counted from when the connection was lost. 0: the session stays open.",
    )
    one_device = fields.Boolean(
        "Agents work on one device at a time",
        default=True,
        help="The newest device takes over. Pusdatin's accounts may always work on several.",
    )

    _away_seconds_enough = models.Constraint(
        "CHECK(away_seconds >= 120)",
        "Wait at least 120 seconds: a window in the background is heard of once a minute at best.",
    )
    _leave_minutes_positive = models.Constraint("CHECK(leave_minutes >= 0)", "The minutes can't be negative.")

    def _tell_floor(self, kind, payload):
        """Send ``payload`` to the supervisors who watch the floor of this site.

        :param str kind: the bus message's type, such as ``helpdesk.floor/agent``
        :param dict payload: ids, codes and numbers, never personal data of customers
        """
        self.ensure_one()
        self.env["bus.bus"]._sendone((self, FLOOR), kind, payload)
