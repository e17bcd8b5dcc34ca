from odoo import models

# The narrower a target, the more it says to the one agent whom it is about.
NARROW_FIRST = ("user_id", "team_id", "site_id")


class HelpdeskTarget(models.Model):
    """A target as one agent sees it: the figure is the agent's own."""

    _inherit = "helpdesk.target"

    def _narrowness(self):
        return [bool(self[name]) for name in NARROW_FIRST]

    def _prepare_own(self, user):
        own = self.new(
            {
                "metric": self.metric,
                "goal": self.goal,
                "warning_value": self.warning_value,
                "answer_seconds": self.answer_seconds,
                "period": self.period,
                "channel_kind": self.channel_kind,
                "user_id": user.id,
            }
        )
        value, count = own._measure(*self._current_period())
        return {
            "title": self._own_title(),
            "value": "" if value is None else own._format(value),
            "goal": own._format(self.goal),
            "higher_is_better": self._figures()[self.metric].higher_is_better,
            "state": own._judge(value),
            "share": self._share_of_way(value),
            "count": count,
        }

    def _own_title(self):
        label = dict(self._fields["metric"]._description_selection(self.env))[self.metric]
        kind = dict(self._fields["channel_kind"]._description_selection(self.env)).get(self.channel_kind)
        period = dict(self._fields["period"]._description_selection(self.env))[self.period]
        return " · ".join(filter(None, [label, kind, period]))

    def _share_of_way(self, value):
        """How full the bar is: 100 when the target is reached, less the farther the figure is from it."""
        if value is None:
            return 0
        if self._figures()[self.metric].higher_is_better:
            return min(100, round(100 * value / self.goal))
        return 100 if value <= self.goal else round(100 * self.goal / value)
