import logging

from psycopg2.extensions import TransactionRollbackError

from odoo import api, models

from ..providers import records

_logger = logging.getLogger(__name__)


class HelpdeskInboxEvent(models.Model):
    """Chatbots answer what comes in by outside services (R23.c.1); who controls a conversation there."""

    _inherit = "helpdesk.inbox.event"

    @api.model
    def _prepare_conversation(self, item):
        values = super()._prepare_conversation(item)
        # the bot greets; two machines need not
        return {**values, "no_auto_reply": True} if item.channel._answering_script() else values

    @api.model
    def _follow_up_outside(self, items):
        super()._follow_up_outside(items)
        for item in items:
            if not item.record.is_echo:
                self._let_bot_answer(item)
        self.env["helpdesk.moderation"].sudo()._answer_choices([item.message for item in items if item.record.choice])

    @api.model
    def _let_bot_answer(self, item):
        """A bot that fails loses nothing: people go on."""
        ticket, record = item.number(), item.record
        if record.is_public or record.is_standby or ticket.merged_into_id or ticket.holder not in ("people", "bot"):
            return
        # a savepoint for each message of a batch is paid only where a bot has something to say
        if ticket.holder == "people" and not (item.outcome == "ticket" and item.channel._answering_script()):
            return
        try:
            with self.env.cr.savepoint():
                self._answer_by_bot(item, ticket)
                self.env.flush_all()
        except TransactionRollbackError:
            raise
        except Exception:
            _logger.warning("The chatbot failed on ticket %s.", ticket.ticket_ref, exc_info=True)
            self.env.invalidate_all()
            ticket._give_to_people(self.env._("The chatbot has failed."))

    @api.model
    def _answer_by_bot(self, item, ticket):
        sessions = self.env["helpdesk.chatbot.session"].sudo()
        script = item.channel._answering_script()
        if ticket.holder == "bot":
            session = sessions._of_ticket(ticket)
            if not session:
                # the bot had solved it, and the customer is not content
                ticket._give_to_people()
                return
            choice = item.record.choice
            session._hear(item.record.text or (choice.title if choice else ""), choice.payload if choice else "")
        elif script and item.outcome == "ticket" and not ticket.user_id:
            sessions._begin(ticket, script)

    @api.model
    def _take_controls(self, items):
        """Another application at the service takes a conversation, or gives it back."""
        people = self.env["helpdesk.identity"]._partners_of_people(
            list({item.record.sender for item in items if item.record.sender.handles})
        )
        for item in items:
            item.partner = people.get(item.record.sender)
        known = [item for item in items if item.partner]
        last = self._last_tickets(known) if known else {}
        for item in known:
            item.ticket = last.get((item.channel.id, item.partner.id))
            if item.ticket:
                self._note_control(item.ticket, item.record)

    @api.model
    def _note_control(self, ticket, record: records.Control):
        if record.owner == "other" and ticket.holder != "other" and not ticket.user_id and not ticket.merged_into_id:
            ticket._give_to_bot("other", record.name)
        elif record.owner != "other" and ticket.holder == "other":
            ticket.with_context(helpdesk_routed=True)._give_to_people(summary=record.summary)
