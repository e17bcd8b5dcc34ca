from odoo import models


class HelpdeskTicket(models.Model):
    """A customer rates the help where a channel has a screen of its own for it; an addon about quality says what is
    asked, and keeps the answer."""

    _inherit = "helpdesk.ticket"

    def _rating_choices(self):
        """What the customer may be asked about this ticket now.

        :return: dict with ``score`` (0: none yet), ``feedback``, and ``reasons``: a list of dicts with ``id``,
            ``name``, ``shown_for`` ("all", "low", "high") and ``is_chosen``; empty where nothing is asked
        """
        self.ensure_one()
        return {}

    def _rate(self, score, feedback="", reason_ids=()):
        """Keep the customer's answer; the caller has made sure that it is the customer's.

        :param int score: 1 to 5
        :param str feedback: plain text, of any origin
        :param reason_ids: ids of ``reasons`` in :meth:`_rating_choices`
        :return: whether it counts
        :raise UserError: no such score, or too late
        """
        self.ensure_one()
        return False
