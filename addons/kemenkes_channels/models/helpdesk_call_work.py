from datetime import timedelta

from odoo import api, fields, models

TALKING_STATES = ("talking", "held")


class HelpdeskCall(models.Model):
    """What a call means for the agent's status: busy while talking, then wrapping up (R24.b).

    Whoever keeps the status is told by the core's hooks in ``res.users``.
    """

    _inherit = "helpdesk.call"

    def _tell_agents(self, before):
        super()._tell_agents(before)
        for call in self.filtered(lambda call: not call.is_manual):
            state, user, _ticket = before[call]
            call._follow_at_work(user if state in TALKING_STATES else user.browse())

    def _follow_at_work(self, talked):
        """
        :param talked: ``res.users`` who talked until now, or none
        """
        talks = self.user_id if self.state in TALKING_STATES else self.user_id.browse()
        if talked and talked != talks and not self._talks_elsewhere(talked):
            self._end_talk_of(talked)
        if talks and talks != talked:
            talks._begin_talk()

    def _talks_elsewhere(self, user):
        return bool(
            self.search_count(
                [("user_id", "=", user.id), ("state", "in", TALKING_STATES), ("id", "!=", self.id)], limit=1
            )
        )

    def _end_talk_of(self, user):
        seconds = self.channel_id.wrap_up_seconds
        wraps_up = user == self.user_id and self.state == "ended" and seconds > 0
        user._end_talk(wraps_up)
        if wraps_up:
            end = fields.Datetime.now() + timedelta(seconds=seconds)
            self.env.ref("kemenkes_channels.ir_cron_forgotten_calls").sudo()._trigger(at=end)

    def finish_wrap_up(self, note="", seconds=None):
        super().finish_wrap_up(note, seconds)
        self._own_one().user_id._end_wrap_up()

    @api.model
    def _cron_end_forgotten(self):
        """Who forgets to end the wrap-up gets work again when the line's time for it is over."""
        super()._cron_end_forgotten()
        now = fields.Datetime.now()
        ended = self.search(
            [
                ("state", "=", "ended"),
                ("is_manual", "=", False),
                ("wrap_up_date", "=", False),
                ("start_date", ">", fields.Datetime.subtract(now, days=1)),
            ],
            order="end_date desc, id desc",
        )
        for user, calls in ended.grouped("user_id").items():
            last = calls[0]
            if user and last.end_date + timedelta(seconds=last.channel_id.wrap_up_seconds) <= now:
                user._end_wrap_up()
