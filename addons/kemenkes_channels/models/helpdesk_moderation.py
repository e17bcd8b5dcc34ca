from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL

from .. import providers
from ..providers.records import Fault, Outgoing, Retry
from ..tools.transport import Transport

RETRY_MINUTES = (1, 5, 30, 120)


class HelpdeskModeration(models.Model):
    """Something an agent has done to a public comment at the service: hidden, shown again, liked, deleted.

    Waits in a queue of its own: the service is never asked within a request that may be replayed.
    """

    _name = "helpdesk.moderation"
    _description = "Moderation of a Comment"
    _order = "id desc"
    _rec_name = "action"

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
    attempts = fields.Integer(readonly=True)
    next_attempt_date = fields.Datetime(default=fields.Datetime.now, readonly=True)

    _due_idx = models.Index("(next_attempt_date, id) WHERE state = 'queued'")

    @api.model
    def _run_pending(self, limit=50):
        """Do what waits, oldest first; each is committed before the next one. All of it may be done twice.

        :return: how many were worked on
        """
        rows = self.with_user(SUPERUSER_ID)
        for count in range(limit):
            row = rows._claim_next()
            if not row:
                return count
            row._run()
            if not self.env["ir.cron"]._commit_progress(1):
                return count + 1
        return limit

    @api.model
    def _claim_next(self):
        self.flush_model()
        found = self.env.execute_query(
            SQL(
                """
                SELECT this.id FROM helpdesk_moderation AS this
                  JOIN helpdesk_channel AS channel ON channel.id = this.channel_id
                 WHERE this.state = 'queued' AND this.next_attempt_date <= %s AND channel.is_paused IS NOT TRUE
                 ORDER BY this.next_attempt_date, this.id LIMIT 1 FOR UPDATE OF this SKIP LOCKED
                """,
                fields.Datetime.now(),
            )
        )
        return self.browse(found[0]) if found else self.browse()

    def _run(self):
        account, provider = self.channel_id._account_with_token(), providers.load(self.channel_id.kind)
        outgoing = Outgoing(
            action=self.action,
            reference=f"moderation:{self.id}",
            target=self.outside_id.external_id,
            conversation=self.outside_id.conversation or "",
            is_public=True,
        )
        result = account if isinstance(account, Fault) else provider.build(account, outgoing)
        if result is not None and not isinstance(result, Fault):
            with Transport(account.api_host) as transport:
                result = provider.read_answer(account, result, transport.run(result))
        if isinstance(result, Fault):
            self._note_fault(result)
        else:
            self.write({"state": "done", "error": False})
            self._show()

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
        attempts = self.attempts + 1
        if fault.retry is not Retry.LATER or attempts > len(RETRY_MINUTES):
            self.write({"state": "failed", "attempts": attempts, "error": error})
            self.ticket_id._survivor()._message_log(
                body=self.env._("%(action)s was not possible: %(reason)s", action=self._action_label(), reason=error)
            )
            return
        again = fields.Datetime.now() + timedelta(minutes=RETRY_MINUTES[attempts - 1])
        self.write({"attempts": attempts, "error": error, "next_attempt_date": again})
        self.env.ref("kemenkes_channels.ir_cron_moderation")._trigger(at=again)

    def _action_label(self):
        return dict(self._fields["action"]._description_selection(self.env))[self.action]

    @api.model
    def _cron_run(self):
        due = [("state", "=", "queued"), ("next_attempt_date", "<=", fields.Datetime.now())]
        left = self.env["ir.cron"]._commit_progress(remaining=self.search_count(due, limit=10_000))
        while left:
            left = self._run_pending() and self.env["ir.cron"]._commit_progress()
