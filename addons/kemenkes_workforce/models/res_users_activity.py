from datetime import timedelta
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from odoo.addons.kemenkes_helpdesk.models.helpdesk_target import HOME_ZONE

DAYS_SHOWN = 7
TIMES = ("work_seconds", "standby_seconds", "handling_seconds", "wrap_up_seconds", "break_seconds", "training_seconds")


class ResUsers(models.Model):
    """Each agent sees their own day and their own figures beside the targets, always (R27.c.5)."""

    _inherit = "res.users"

    @api.model
    def get_own_activity(self):
        """The day of the agent who asks: times, tickets, the last week, and their figures against the targets.

        :return: dict for the screen; times in seconds, texts in the agent's language
        :raise AccessError: the account is no agent's
        """
        user = self.env.user
        if not user.has_group("kemenkes_helpdesk.group_agent"):
            raise AccessError(self.env._("Only agents have figures of their own."))
        # sudo: an account's own figures
        return user.sudo()._prepare_own_activity()

    def _prepare_own_activity(self):
        zone = ZoneInfo(self._work_site().timezone or self.tz or HOME_ZONE)
        today = self.env.cr.now().replace(tzinfo=ZoneInfo("UTC")).astimezone(zone).date()
        first = today - timedelta(days=DAYS_SHOWN - 1)
        rows = self.env["helpdesk.activity"]._read_group(
            [("user_id", "=", self.id), ("date", ">=", first)],
            ["date:day"],
            [*(f"{name}:sum" for name in TIMES), "ticket_count:sum", "average_handling_seconds:avg", "occupancy:avg"],
        )
        names = [*TIMES, "ticket_count", "average_handling_seconds", "occupancy"]
        by_day = {day: dict(zip(names, (value or 0 for value in values), strict=True)) for day, *values in rows}
        nothing = dict.fromkeys(names, 0)
        targets = self._own_targets()
        return {
            "name": self.name,
            "today": {**by_day.get(today, nothing), "solved_count": self._solved_count(today, zone)},
            "days": [
                {"date": fields.Date.to_string(day), **by_day.get(day, nothing)}
                for day in (first + timedelta(days=number) for number in range(DAYS_SHOWN))
            ],
            "targets": targets,
            "message": self._kind_words(targets),
        }

    def _solved_count(self, day, zone):
        start = fields.Datetime.to_datetime(day).replace(tzinfo=zone).astimezone(ZoneInfo("UTC")).replace(tzinfo=None)
        return self.env["helpdesk.ticket"].search_count(
            [
                ("user_id", "=", self.id),
                ("solved_date", ">=", start),
                ("solved_date", "<", start + timedelta(days=1)),
            ]
        )

    def _own_targets(self):
        """The targets that are about this agent, each with the agent's own figure.

        :return: list of ``{"title", "value", "goal" (texts), "state", "share" (percent of the way), "count"}``
        """
        self.ensure_one()
        return [target._prepare_own(self) for target in self._narrowest_targets()]

    def _narrowest_targets(self):
        targets = self.env["helpdesk.target"]
        about = (
            Domain("user_id", "in", [False, self.id])
            & Domain("team_id", "in", [False, *self.helpdesk_team_ids.ids])
            & Domain("site_id", "in", [False, *self.helpdesk_site_ids.ids])
            & Domain("product_id", "=", False)
            & Domain("channel_id", "=", False)
        )
        figures = targets._figures()
        by_figure = {}
        for target in targets.search(about):
            # a figure of no period, such as the age of what waits, is not one agent's doing
            if not figures[target.metric].date_field:
                continue
            key = (target.metric, target.channel_kind)
            if key not in by_figure or target._narrowness() > by_figure[key]._narrowness():
                by_figure[key] = target
        return targets.concat(*by_figure.values())

    def _kind_words(self, targets):
        """A sentence for the agent: what goes well is said first, and nobody is blamed by a machine."""
        states = [target["state"] for target in targets if target["state"] != "none"]
        if not states:
            return self.env._("No figures yet today. Have a good day at work!")
        reached = states.count("good")
        if reached == len(states):
            return self.env._("All targets reached. Thank you for your good work!")
        if reached:
            return self.env._(
                "%(reached)s of %(all)s targets reached. Keep going; your team leader is glad to help with the rest.",
                reached=reached,
                all=len(states),
            )
        return self.env._("Not there yet, and that happens. Your team leader is glad to look at it with you.")
