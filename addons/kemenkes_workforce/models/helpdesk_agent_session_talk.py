from odoo import fields, models


class HelpdeskAgentSession(models.Model):
    """Statuses that follow the telephone, and what the agent goes back to.

    What an agent or a supervisor chooses meanwhile stays: only a status that the telephone has set is left by it.
    """

    _inherit = "helpdesk.agent.session"

    resume_status_id = fields.Many2one(
        "helpdesk.agent.status",
        readonly=True,
        ondelete="restrict",
        help="What the agent goes back to after a call and its wrap-up.",
    )

    def _change_status(self, status, reason, date):
        self.filtered("resume_status_id").resume_status_id = False
        return super()._change_status(status, reason, date)

    def _go_to_talk_status(self, kind):
        """Busy or wrapping up, where the house has such a status; the agent is not asked for a reason."""
        status = self.env["helpdesk.agent.status"]._get_by_kind(kind)
        if not status:
            return
        ready = self.env["helpdesk.agent.status"]._get_by_kind("ready")
        back = {session: session.resume_status_id or session._status_to_resume(ready) for session in self}
        self._change_status(status, self.env["helpdesk.agent.reason"], fields.Datetime.now())
        for session in self:
            session.resume_status_id = back[session]

    def _status_to_resume(self, ready):
        """Who was away, or wrapped up what came before, is ready after a call."""
        return self.status_id if self.status_kind == "ready" else ready

    def _resume_status(self):
        for status, sessions in self.filtered("resume_status_id").grouped("resume_status_id").items():
            sessions._change_status(status, self.env["helpdesk.agent.reason"], fields.Datetime.now())
