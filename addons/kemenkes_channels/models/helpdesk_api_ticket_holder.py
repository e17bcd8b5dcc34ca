from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html
from odoo.tools.translate import LazyTranslate

from odoo.addons.kemenkes_helpdesk.models.helpdesk_ticket_holder import HOLDERS

from ..tools.open_api import Operation, record, text

_lt = LazyTranslate(__name__)

TAG = _lt("Outside bots")
OUTSIDE_BOT = "outside_bot"


class HelpdeskApi(models.AbstractModel):
    """Outside bots: take a conversation, answer in it, hand it over to people with what was said (R23.c.1)."""

    _inherit = "helpdesk.api"

    @api.model
    def _operations(self):
        return [
            *super()._operations(),
            Operation("hold_ticket", "POST", "/tickets/{ticket_id}/hold", "messages:write",
                      _lt("Take a conversation that no agent has: the bot answers from now on"), TAG, body="Hold",
                      answer="Ticket"),
            Operation("answer_as_bot", "POST", "/tickets/{ticket_id}/bot-messages", "messages:write",
                      _lt("Answer the customer as the bot that holds the conversation"), TAG, body="BotMessage",
                      answer="Message", status=201),
            Operation("hand_over_ticket", "POST", "/tickets/{ticket_id}/hand-over", "messages:write",
                      _lt("Hand the conversation over to people"), TAG, body="HandOver", answer="Ticket"),
        ]  # fmt: skip

    @api.model
    def _schemas(self):
        schemas = super()._schemas()
        ticket = schemas["Ticket"]
        holders = {
            "holder": {
                "type": "string",
                "enum": [holder for holder, _label in HOLDERS],
                "description": _lt("Who answers the customer at present."),
            },
            "holder_name": {"type": ["string", "null"]},
        }
        return {
            **schemas,
            "Ticket": {**ticket, "properties": {**ticket["properties"], **holders}},
            "Hold": record({"name": text(100, 1, description=_lt("What the bot is called; agents see it."))}),
            "BotMessage": record({"text": text(20_000, 1)}, required=("text",)),
            "HandOver": record(
                {
                    "reason": text(500, description=_lt("Why, in a sentence for the agent.")),
                    "summary": text(5_000, description=_lt("What the bot has found out, for the agent.")),
                }
            ),
        }

    @api.model
    def _ticket_fields(self):
        return [*super()._ticket_fields(), "holder", "holder_name"]

    @api.model
    def _serialize_ticket(self, values, tags):
        answer = super()._serialize_ticket(values, tags)
        return {**answer, "holder": values["holder"], "holder_name": values["holder_name"] or None}

    @api.model
    def _find_writable(self, ticket_id):
        ticket = self._find("helpdesk.ticket", ticket_id)
        ticket.check_access("write")
        return ticket

    @api.model
    def _do_hold_ticket(self, ticket_id, body):
        ticket = self._find_writable(ticket_id)
        ticket._give_to_bot(OUTSIDE_BOT, body.get("name") or self.env.user.name)
        return self._serialize_tickets(ticket)[0]

    @api.model
    def _do_hand_over_ticket(self, ticket_id, body):
        ticket = self._find_writable(ticket_id)
        ticket._give_to_people(body.get("reason", ""), body.get("summary", ""))
        return self._serialize_tickets(ticket)[0]

    @api.model
    def _do_answer_as_bot(self, ticket_id, body):
        ticket = self._find_writable(ticket_id)
        if ticket.holder != OUTSIDE_BOT:
            raise UserError(self.env._("The conversation is not held by an outside bot: take it first."))
        # sudo: a bot speaks in the machine's name; that its account may work on the ticket is checked
        message = ticket.sudo()._post_automatic({ticket.sudo(): Markup(plaintext2html(body["text"]))})  # noqa: S704
        return self._serialize_messages(next(iter(message.values())).with_env(self.env))[0]
