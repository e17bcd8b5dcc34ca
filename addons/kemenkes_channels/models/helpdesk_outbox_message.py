import logging
from datetime import timedelta

from psycopg2.extensions import TransactionRollbackError

from odoo import api, fields, models
from odoo.orm.models import NO_ACCESS
from odoo.tools import SQL, html2plaintext

from odoo.addons.kemenkes_helpdesk.models.helpdesk_outbox_message import RETRY_MINUTES

from .. import providers
from ..providers.records import Accepted, Choice, Fault, Outgoing, OutgoingFile, OutgoingTemplate, Reason, Retry
from ..tools.transport import Transport

_logger = logging.getLogger(__name__)

# Nobody else takes a row whose request is under way; a worker that was killed leaves it to the others after this.
LEASE = timedelta(minutes=5)
# After a lost answer the service's echo or status is waited for, before the message is sent again.
ECHO_TIME = timedelta(minutes=3)
# How long an account rests when a service says "too many" and not for how long.
REST_SECONDS = 30
# A token that is being renewed, a service that is down: tried again after this, and for ever.
STOPPED_MINUTES = 30
RECORD_TRIES = 10


class HelpdeskOutboxMessage(models.Model):
    """Answers to outside services.

    The request to the service stands between two transactions, never inside one that could be replayed: the first says
    that it is under way, the second what came of it. Whatever stops in between leaves a row that says so; it is settled
    by asking the service, by its echo or status, or after ECHO_TIME by sending again.
    """

    _inherit = "helpdesk.outbox.message"

    steps = fields.Json(readonly=True, groups=NO_ACCESS, help="What the service has taken of it already.")
    attempt_date = fields.Datetime(readonly=True, help="A request is, or was, under way; what came of it is not known.")

    # QUEUEING

    @api.model
    def _prepare_outgoing(self, ticket, message):
        channel = ticket._answer_channel()
        if not providers.load(channel.kind):
            return super()._prepare_outgoing(ticket, message)
        last = ticket._last_words_on(channel)
        recipient = last.recipient if last else self._known_recipient(ticket)
        if not recipient:
            return []
        return [
            {
                "message_id": message.id,
                "ticket_id": ticket.id,
                "channel_id": channel.id,
                "recipient": recipient,
                "next_attempt_date": fields.Datetime.now(),
                "payload": {**self._prepare_payload(message, last), **self._prepare_question(ticket)},
            }
        ]

    @api.model
    def _prepare_question(self, ticket):
        """What a question to this ticket's customer needs: the answers to choose from, or the approved text.

        ``helpdesk.ticket._post_question`` leaves it in the context.
        """
        if choices := self.env.context.get("helpdesk_choices", {}).get(ticket.id):
            return {"choices": choices}
        if values := self.env.context.get("helpdesk_template_values", {}).get(ticket.id):
            # sudo: which template a channel asks by is known to whoever may write
            return {"template": ticket.channel_id.sudo().question_template_id._prepare_sending(values)}
        return {}

    @api.model
    def _known_recipient(self, ticket):
        """The customer's id on the service, where the ticket did not begin there."""
        # sudo: the machine looks for whom an answer is for
        identities = self.env["helpdesk.identity"].sudo()
        domain = [("kind", "=", ticket._answer_channel().kind), ("partner_id", "=", ticket.partner_id.id)]
        return identities.search(domain, order="id desc", limit=1).handle

    @api.model
    def _prepare_payload(self, message, last):
        """What a service needs besides words and files, decided when the agent sends.

        :param last: ``helpdesk.channel.message`` of the customer's last words on the channel, or none
        """
        asked = self.env.context.get("helpdesk_answer") or {}
        was_public = bool(last and last.is_public)
        is_public = was_public and asked.get("mode") != "private"
        template = self._asked_template(asked)
        return {
            "target": last.external_id if was_public else "",
            "is_public": is_public,
            "is_private_reply": was_public and not is_public,
            "conversation": last.conversation or "" if last else "",
            "tag": "human_agent" if asked.get("tag") == "human_agent" else "",
            "template": template._prepare_sending(asked.get("values")) if template else None,
        }

    @api.model
    def _asked_template(self, asked):
        """The ``helpdesk.channel.template`` an agent chose, empty for free words."""
        template_id = asked.get("template_id")
        templates = self.env["helpdesk.channel.template"]
        if not isinstance(template_id, int) or not template_id:
            return templates
        # sudo: which of the channel's templates may be sent is known to whoever may answer
        return templates.sudo().search([("id", "=", template_id), ("state", "=", "approved")])

    # WHAT MAY GO NOW

    @api.model
    def _claim_conditions(self):
        return SQL(
            """
            %s AND NOT EXISTS (
                SELECT FROM helpdesk_channel AS channel
                 WHERE channel.id = this.channel_id AND (channel.is_paused OR channel.send_after_date > %s))
            """,
            super()._claim_conditions(),
            fields.Datetime.now(),
        )

    # SENDING

    def _send_one(self):
        if not providers.load(self.kind):
            return super()._send_one()
        account = self.channel_id._account_with_token()
        if isinstance(account, Fault):
            self._finish_attempt(account, False)
            return None
        with Transport(account.api_host, account.options.get("client", "")) as transport:
            if not self.attempt_date or self._settle(account, transport):
                self._run_steps(account, transport)
        return None

    def _settle(self, account, transport):
        """Find out what came of a request whose answer was lost.

        :return: whether the row may be worked on now
        """
        provider = providers.load(account.kind)
        if not hasattr(provider, "check_sent"):
            if self.attempt_date + ECHO_TIME > fields.Datetime.now():
                self.next_attempt_date = self.attempt_date + ECHO_TIME
                self._wake_sender(self.next_attempt_date)
                return False
            return True
        outgoing = self._outgoing()
        call = provider.check_sent(account, outgoing)
        answer = transport.run(call)
        found = provider.read_check_sent(account, outgoing, answer)
        if not found and answer.status != 200:
            fault = provider.read_answer(account, call, answer)
            if isinstance(fault, Fault) and (fault.retry is Retry.LATER or fault.reason is Reason.TOKEN):
                # nothing was learned: sent now, it might go out twice
                self._finish_attempt(fault, True)
                return False
        known = {step.external_id for step in self._done_steps() if step.external_id}
        if found and found.external_id not in known:
            self._finish_attempt(found, False)
        return True

    def _run_steps(self, account, transport):
        provider, outgoing = providers.load(account.kind), self._outgoing()
        while True:
            done = self._done_steps()
            call = provider.build(account, outgoing, done)
            if call is None:
                self._finish_sending()
                return
            if isinstance(call, Fault):
                self._finish_attempt(call, False)
                return
            self._begin_attempt(call)
            answer = transport.run(call)
            result = provider.read_answer(account, call, answer)
            is_uncertain = isinstance(result, Fault) and answer.status == 0 and answer.lost and not call.is_repeatable
            self._finish_attempt(result, is_uncertain)
            if isinstance(result, Fault):
                return

    def _outgoing(self):
        payload = self.payload or {}
        message = self.message_id
        template = payload.get("template")
        choices = payload.get("choices") or {}
        return Outgoing(
            reference=self._reference(),
            recipient=self.recipient,
            conversation=payload.get("conversation") or "",
            target=payload.get("target") or "",
            text=self._text_of(message.body),
            files=tuple(self._file_of(attachment) for attachment in message.sudo().attachment_ids.sorted("id")),
            template=template
            and OutgoingTemplate(
                template["name"], template["language"], tuple(tuple(pair) for pair in template["parameters"])
            ),
            buttons=tuple(Choice(title, code, description) for code, title, description in choices.get("answers", ())),
            list_title=choices.get("choose", ""),
            is_public=bool(payload.get("is_public")),
            is_private_reply=bool(payload.get("is_private_reply")),
            tag=payload.get("tag") or "",
        )

    @api.model
    def _text_of(self, body):
        """An agent's words as services of plain text show them."""
        return html2plaintext(body or "", include_references=False).strip()

    def _file_of(self, attachment):
        return OutgoingFile(
            attachment.name,
            attachment.mimetype,
            attachment.file_size,
            # asked for only when a request is built of it
            content=lambda: attachment.raw or b"",
            url=self._address_of(attachment),
        )

    def _address_of(self, attachment):
        """Where a service that takes no uploads fetches a file; none for the others."""
        if not getattr(providers.load(self.kind), "FETCHES_FILES", False):
            return ""
        token = attachment.generate_access_token()[0]
        return f"{attachment.get_base_url()}/web/content/{attachment.id}?access_token={token}"

    def _done_steps(self):
        return tuple(Accepted(*step) for step in self.sudo().steps or [])

    # THE TWO TRANSACTIONS AROUND A REQUEST

    def _begin_attempt(self, call):
        """Commit that a request is under way."""
        now = fields.Datetime.now()
        # what may be repeated needs no settling
        attempt_date = self.attempt_date if call.is_repeatable else now
        self.write({"attempt_date": attempt_date, "next_attempt_date": now + LEASE})
        self.env["ir.cron"]._commit_progress()

    def _finish_attempt(self, result, is_uncertain):
        """Commit what came of a request; another transaction in the way is no reason to forget it.

        :param result: :class:`Accepted` or :class:`Fault`
        :param bool is_uncertain: the request may have arrived all the same
        """
        for attempt in range(RECORD_TRIES):
            try:
                with self.env.cr.savepoint():
                    self._lock()
                    self._note_result(result, is_uncertain)
                    self.env.flush_all()
                break
            except TransactionRollbackError:
                self._start_anew(attempt)
        self.env["ir.cron"]._commit_progress()

    def _start_anew(self, attempt):
        if attempt == RECORD_TRIES - 1:
            raise TransactionRollbackError("the outcome of a message could not be written")
        self.env.cr.rollback()
        self.env.invalidate_all()

    def _lock(self):
        self.env.execute_query(SQL("SELECT FROM helpdesk_outbox_message WHERE id = %s FOR UPDATE", self.id))
        self.invalidate_recordset()

    def _note_result(self, result, is_uncertain):
        if isinstance(result, Fault):
            self._note_fault(result, is_uncertain)
            return
        steps = [*(self.sudo().steps or []), [result.step, result.external_id, result.value]]
        self.write({"steps": steps, "attempt_date": False})
        if result.rest_seconds:
            self._rest(result.rest_seconds)
        if result.external_id:
            self._keep_outside([result.external_id])

    def _rest(self, seconds):
        """The account comes near its limit: it rests of itself, before the service refuses what it is asked for."""
        channel = self.channel_id.sudo()  # sudo: the job's own bookkeeping
        until = fields.Datetime.now() + timedelta(seconds=seconds)
        if not channel.send_after_date or channel.send_after_date < until:
            channel.send_after_date = until
            self._wake_sender(until)

    def _finish_sending(self):
        """Everything is with the service; a status may have come faster."""
        values = {"attempts": self.attempts + 1, "error": False, "reason": False, "reason_detail": False}
        if self.state == "queued":
            values.update(state="sent", sent_date=fields.Datetime.now())
        self.write(values)
        self.ticket_id._tell_watchers(anew=True)

    # WHAT DID NOT GO

    def _note_fault(self, fault, is_uncertain):
        """What a service says against a message: wait, leave it, or ask somebody."""
        if self.state != "queued":
            return  # a status said meanwhile that it has arrived
        if not is_uncertain:
            self.attempt_date = False
        if fault.reason is Reason.TOKEN:
            self.channel_id.sudo()._drop_short_token()  # sudo: the job's own bookkeeping
        if fault.stops_account:
            self._stop_account(fault)
            return
        if fault.retry is not Retry.LATER:
            self._give_up(self._explain(fault))
            self.ticket_id._tell_watchers(anew=True)
            return
        self._wait(fault, is_uncertain)

    def _stop_account(self, fault):
        """Nothing of the account can go: the message waits for whoever mends that."""
        self.channel_id.sudo()._stop_sending(fault)
        again = fields.Datetime.now() + timedelta(minutes=STOPPED_MINUTES)
        self.write({"error": self._explain(fault), "next_attempt_date": again})
        self._wake_sender(again)
        self.ticket_id._tell_watchers(anew=True)

    def _wait(self, fault, is_uncertain):
        attempts = self.attempts + (fault.reason is not Reason.RATE)
        if attempts > len(RETRY_MINUTES):
            self._give_up(self._explain(fault))
            self.ticket_id._tell_watchers(anew=True)
            return
        seconds = fault.seconds or (REST_SECONDS if fault.reason is Reason.RATE else 60 * RETRY_MINUTES[attempts - 1])
        if is_uncertain:
            seconds = max(seconds, ECHO_TIME.total_seconds())
        again = fields.Datetime.now() + timedelta(seconds=seconds)
        if fault.reason is Reason.RATE and not fault.only_recipient:
            self.channel_id.sudo().send_after_date = again
        self.write({"attempts": attempts, "error": self._explain(fault), "next_attempt_date": again})
        self._wake_sender(again)
        self.ticket_id._tell_watchers(anew=True)

    @api.model
    def _wake_sender(self, at=None):
        self.env.ref("kemenkes_helpdesk.ir_cron_outbox").sudo()._trigger(at=at)

    def action_resend(self):
        self.filtered(lambda row: providers.load(row.kind)).sudo().attempt_date = False
        return super().action_resend()
