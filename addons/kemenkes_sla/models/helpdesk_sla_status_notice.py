from collections import defaultdict

from odoo import api, models

BATCH = 5000
SHOWN = 20


class HelpdeskSlaStatus(models.Model):
    """Warnings: each once, and for each person one message with all of them, never one for each ticket."""

    _inherit = "helpdesk.sla.status"

    @api.model
    def _cron_tell(self):
        """Tell everybody of what became urgent or late since the last time; a ticket that is done needs nobody."""
        clocks = self.search([("untold_percent", ">", 0)], limit=BATCH, order="untold_percent desc, deadline, id")
        by_user = defaultdict(self.browse)
        for one in clocks.filtered(lambda one: one.ticket_id.stage_kind not in ("solved", "closed")):
            warning = one.sla_id.warning_ids.filtered(lambda warning, one=one: warning.percent == one.untold_percent)
            for user in warning._recipients(one.ticket_id):
                by_user[user] |= one
        for user, concerned in by_user.items():
            concerned.with_context(lang=user.lang)._tell(user)
        clocks.untold_percent = 0

    def _tell(self, user):
        """One message to ``user`` about these clocks; numbers of tickets only, no word of a customer."""
        lines = [one._notice_line() for one in self[:SHOWN]]
        if len(self) > SHOWN:
            lines.append(self.env._("and %s more", len(self) - SHOWN))
        user._notify_in_one(self.env._("Service levels: %s tickets need you", len(self.ticket_id)), lines)

    def _notice_line(self):
        target = dict(self._fields["target"]._description_selection(self.env))[self.target]
        if self.untold_percent >= 100:
            return self.env._("%(ticket)s: %(target)s is late", ticket=self.ticket_ref, target=target)
        return self.env._(
            "%(ticket)s: %(percent)s%% of the time for %(target)s has passed",
            ticket=self.ticket_ref,
            percent=self.untold_percent,
            target=target,
        )
