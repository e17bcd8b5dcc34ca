from odoo import fields, models

from .. import providers
from ..providers.records import Fault, Outgoing, Retry
from ..tools.transport import Transport


class HelpdeskModeration(models.Model):
    """Something an agent has done to a public comment at the service: hidden, shown again, liked, deleted.

    Waits in a queue of its own: the service is never asked within a request that may be replayed.
    """

    _name = "helpdesk.moderation"
    _description = "Moderation of a Comment"
    _inherit = ["helpdesk.due.mixin"]
    _order = "id desc"
    _rec_name = "action"
    _due_state = "queued"
    _due_job = "kemenkes_channels.ir_cron_moderation"
    _due_minutes = (1, 5, 30, 120)

    outside_id = fields.Many2one(
        "helpdesk.channel.message", "Comment", required=True, readonly=True, index=True, ondelete="cascade"
    )
    channel_id = fields.Many2one(related="outside_id.channel_id", store=True, index=True)
    ticket_id = fields.Many2one(related="outside_id.ticket_id", store=True, index=True)
    action = fields.Selection(
        [
            ("hide", "Hide"),
            ("unhide", "Show again"),
            ("like", "Like"),
            ("unlike", "Take the like back"),
            ("delete", "Delete"),
        ],
        required=True,
        readonly=True,
    )
    state = fields.Selection(
        [("queued", "Waiting"), ("done", "Done"), ("failed", "Failed")], required=True, default="queued", readonly=True
    )
    error = fields.Char(readonly=True)

    _due_idx = models.Index("(next_attempt_date, id) WHERE state = 'queued'")

    def _work_one(self):
        """May be done twice at the service."""
        account, provider = self.channel_id._account_with_token(), providers.load(self.channel_id.kind)
        outgoing = Outgoing(**self._outgoing())
        result = account if isinstance(account, Fault) else provider.build(account, outgoing)
        if result is not None and not isinstance(result, Fault):
            with Transport(account.api_host) as transport:
                result = provider.read_answer(account, result, transport.run(result))
        if isinstance(result, Fault):
            self._note_fault(result)
        else:
            self.write({"state": "done", "error": False})
            self._show()

    def _outgoing(self):
        """What the provider is asked to do, as arguments of :class:`records.Outgoing`."""
        return {
            "action": self.action,
            "reference": f"moderation:{self.id}",
            "target": self.outside_id.external_id,
            "conversation": self.outside_id.conversation or "",
            "is_public": True,
        }

    def _show(self):
        """The message shows what has become of it."""
        row = self.outside_id
        if self.action in ("hide", "unhide"):
            row.is_hidden = self.action == "hide"
        elif self.action in ("like", "unlike"):
            row.is_liked = self.action == "like"
        else:
            row.deleted_date = fields.Datetime.now()
        row._tell_readers()

    def _note_fault(self, fault):
        words = self.env["helpdesk.outbox.message"]._reason_words()[fault.reason]
        error = f"{words} {fault.detail}".strip()[:500]
        if fault.retry is Retry.LATER and self._put_off(fault):
            self.error = error
            return
        self.write({"state": "failed", "error": error})
        self.ticket_id._survivor()._message_log(
            body=self.env._("%(action)s was not possible: %(reason)s", action=self._action_label(), reason=error)
        )

    def _action_label(self):
        return dict(self._fields["action"]._description_selection(self.env))[self.action]
