from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

from .helpdesk_stage import DONE_KINDS

HOLDERS = [
    ("people", "People"),
    ("bot", "Chatbot"),
    ("outside_bot", "Outside bot"),
    ("other", "Another application"),
]
SUMMARY_LENGTH = 5_000


class HelpdeskTicket(models.Model):
    """Who answers the customer at the moment: people, or a bot until it hands over (R23.c.1).

    There is one holder at a time. What a bot holds waits for no agent; whoever is given the ticket, takes it or answers
    on it holds it from then on. What was said stays in the thread, whoever said it.
    """

    _inherit = "helpdesk.ticket"

    holder = fields.Selection(
        HOLDERS,
        "Answered by",
        required=True,
        default="people",
        readonly=True,
        copy=False,
        help="Who answers the customer. What a bot answers is given to no agent.",
    )
    holder_name = fields.Char("Name of the bot", readonly=True, copy=False)
    holder_date = fields.Datetime("Answered by it since", readonly=True, copy=False)

    _held_idx = models.Index("(holder, id) WHERE holder != 'people'")

    def write(self, vals):
        result = super().write(vals)
        if vals.get("user_id"):
            self.filtered(lambda ticket: ticket.holder != "people")._give_to_people()
        return result

    def _note_agent_message(self, message):
        """Who answers a customer takes the conversation from the bot."""
        super()._note_agent_message(message)
        if self.holder != "people":
            self._give_to_people()

    # FOR BOTS

    def _give_to_bot(self, holder, name=""):
        """Let a bot answer from now on, for the first time or again; nobody is given the tickets meanwhile.

        :param str holder: ``bot``, ``outside_bot`` or ``other``
        :param str name: what the bot is called, shown to agents
        :raise UserError: an agent has one of the tickets, or it was merged
        """
        for ticket in self:
            if ticket.user_id:
                raise UserError(self.env._("%s has an agent: it has to be given back first.", ticket.ticket_ref))
            if ticket.merged_into_id:
                raise UserError(self.env._("%s was merged into another ticket.", ticket.ticket_ref))
        fresh = self.filtered(lambda ticket: (ticket.holder, ticket.holder_name or "") != (holder, name or ""))
        if not fresh:
            return
        # sudo: who holds a conversation is nobody's to type in
        fresh.sudo().write({"holder": holder, "holder_name": name[:100], "holder_date": fields.Datetime.now()})
        fresh._log("bot_held", data={"holder": holder})

    def _give_to_people(self, reason="", summary=""):
        """Let people answer from now on: where nobody has the ticket, it waits for an agent.

        :param str reason: why the bot hands over, in plain words of the agent's language
        :param str summary: what the bot has found out, plain text; both stand in a note, not shown to the customer
        """
        held = self.filtered(lambda ticket: ticket.holder != "people")
        if not held:
            return
        before = {ticket: (ticket.holder, ticket._holder_label()) for ticket in held}
        # sudo: as above
        held.sudo().write({"holder": "people", "holder_name": False, "holder_date": False})
        self.env["helpdesk.event"]._record(
            [
                {"kind": "handed_over", "ticket_id": ticket.id, "data": {"holder": holder}}
                for ticket, (holder, _label) in before.items()
            ]
        )
        for ticket, (_holder, label) in before.items():
            ticket.sudo()._message_log(body=self._people_note(label, reason, summary))
            if not ticket.user_id and ticket.stage_kind not in DONE_KINDS:
                ticket._ask_for_agent()

    @api.model
    def _people_note(self, label, reason, summary):
        words = self.env._("%s has handed over to people.", label)
        body = Markup("<p>%s %s</p>") % (words, reason) if reason else Markup("<p>%s</p>") % words
        if summary:
            body += Markup("<blockquote>%s</blockquote>") % plaintext2html(summary[:SUMMARY_LENGTH])
        return body

    def _holder_label(self):
        """Who holds it, in words: the bot's name where it has one."""
        return self.holder_name or dict(self._fields["holder"]._description_selection(self.env))[self.holder]
