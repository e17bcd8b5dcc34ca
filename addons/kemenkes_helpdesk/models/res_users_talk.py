from odoo import models


class ResUsers(models.Model):
    """Talks with customers that take the whole agent, such as calls: where channels tell of them and the floor acts.

    Called by whoever hears of a talk; an addon that keeps the agents' status overrides these. Nothing happens twice:
    telling the same thing again changes nothing.
    """

    _inherit = "res.users"

    def _begin_talk(self):
        """These accounts talk with a customer now."""

    def _end_talk(self, wraps_up):
        """Their talk is over.

        :param bool wraps_up: whether they write down what it was about, until :meth:`_end_wrap_up`
        """

    def _end_wrap_up(self):
        """They are done with what follows a talk."""
