from odoo import models


class ResUsers(models.Model):
    """Who talks with a customer is busy, and wraps up afterwards; then everything is as it was (R23.b.1, R24.b)."""

    _inherit = "res.users"

    def _begin_talk(self):
        super()._begin_talk()
        # sudo: sessions are the system's
        free = self.sudo()._work_session().filtered(lambda session: session.status_kind in ("ready", "wrap_up", "away"))
        free._go_to_talk_status("busy")

    def _end_talk(self, wraps_up):
        super()._end_talk(wraps_up)
        # sudo: as above
        talking = (
            self.sudo()
            ._work_session()
            .filtered(lambda session: session.resume_status_id and session.status_kind == "busy")
        )
        if wraps_up:
            talking._go_to_talk_status("wrap_up")
        else:
            talking._resume_status()

    def _end_wrap_up(self):
        super()._end_wrap_up()
        # sudo: as above
        self.sudo()._work_session().filtered(lambda session: session.status_kind == "wrap_up")._resume_status()
