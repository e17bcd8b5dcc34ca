from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import is_html_empty


class HelpdeskChannel(models.Model):
    """After how much silence tickets of a channel are warned of, solved and closed."""

    _inherit = "helpdesk.channel"

    silence_warning_days = fields.Integer(
        "Warn after (days)", help="Days without an answer of the customer. 0: nobody is warned and nothing is solved."
    )
    silence_solve_days = fields.Integer(
        "Solve after (days)", default=2, help="Days after the warning until the ticket is solved."
    )
    close_days = fields.Integer(
        "Close after (days)", help="Days after which a solved ticket is closed. 0: it stays solved."
    )
    silence_warning = fields.Html("Warning", translate=True)

    _days_not_negative = models.Constraint(
        "CHECK(silence_warning_days >= 0 AND silence_solve_days >= 0 AND close_days >= 0 AND reopen_days >= 0"
        " AND first_contact_days >= 0)",
        "Days can't be negative.",
    )

    @api.constrains("silence_warning")
    def _check_silence_warning(self):
        for channel in self:
            self.env["helpdesk.ticket"]._check_placeholders(channel.silence_warning)

    def _warn_silent(self, limit):
        """
        :param int limit: tickets at most
        :return: how many customers were warned
        """
        if not self.silence_warning_days:
            return 0
        tickets = self._silent_tickets(
            [
                ("silence_warning_date", "=", False),
                ("last_agent_message_date", "<", self._days_ago(self.silence_warning_days)),
            ],
            limit,
        )
        tickets.write({"silence_warning_date": fields.Datetime.now()})
        if not is_html_empty(self.silence_warning):
            tickets._post_automatic({ticket: self._warning_for(ticket) for ticket in tickets})
        return len(tickets)

    def _solve_silent(self, limit):
        """
        :param int limit: tickets at most
        :return: how many tickets were solved
        """
        if not self.silence_warning_days:
            return 0
        tickets = self._silent_tickets([("silence_warning_date", "<", self._days_ago(self.silence_solve_days))], limit)
        return self._move(tickets, "solved")

    def _close_solved(self, limit):
        """
        :param int limit: tickets at most
        :return: how many tickets were closed
        """
        if not self.close_days:
            return 0
        tickets = self.env["helpdesk.ticket"].search(
            [
                ("channel_id", "=", self.id),
                ("stage_kind", "=", "solved"),
                ("solved_date", "<", self._days_ago(self.close_days)),
            ],
            limit=limit,
        )
        return self._move(tickets, "closed")

    def _silent_tickets(self, domain, limit):
        return self.env["helpdesk.ticket"].search(
            [("channel_id", "=", self.id), ("stage_kind", "=", "waiting_customer"), *domain],
            limit=limit,
            order="id",
        )

    def _days_ago(self, days):
        return fields.Datetime.now() - timedelta(days=days)

    def _warning_for(self, ticket):
        spoken = self.with_context(lang=ticket._customer_language())
        return ticket.with_context(lang=spoken.env.lang)._render_placeholders(spoken.silence_warning)

    def _move(self, tickets, kind):
        if tickets:
            tickets.write({"stage_id": self.env["helpdesk.stage"]._get_by_kind(kind).id})
        return len(tickets)
