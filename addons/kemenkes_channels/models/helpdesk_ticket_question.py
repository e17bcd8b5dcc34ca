from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import plaintext2html

from .. import providers
from .helpdesk_ticket_answer_channel import WORDLESS_KINDS

CHOICES, LINK, TEMPLATE, IN_WRITING, NOT_AT_ALL = "choices", "link", "template", "in writing", "not at all"


class HelpdeskTicket(models.Model):
    """Questions to customers: on the service's own buttons and lists while they may be written to, else by an approved
    template; in private, also to who wrote in public."""

    _inherit = "helpdesk.ticket"

    @api.model
    def _post_question(self, question_by_ticket):
        outside = self.browse(
            ticket.id
            for ticket in question_by_ticket
            if hasattr(providers.load(ticket._answer_channel().kind), "limits")
        )
        messages = super()._post_question(
            {ticket: question for ticket, question in question_by_ticket.items() if ticket not in outside}
        )
        questions_by_way = {}
        for ticket, way in outside._ways_to_ask().items():
            questions_by_way.setdefault(way, {})[ticket] = question_by_ticket[ticket]
        messages |= self._ask_by_choices(questions_by_way.get(CHOICES, {}))
        messages |= self._ask_by_link(questions_by_way.get(LINK, {}))
        messages |= self._ask_by_template(questions_by_way.get(TEMPLATE, {}))
        messages |= self._ask_in_writing(questions_by_way.get(IN_WRITING, {}))
        return messages

    def _ways_to_ask(self):
        """How each ticket's customer can be asked now.

        :return: ``{helpdesk.ticket: CHOICES, LINK, TEMPLATE, IN_WRITING or NOT_AT_ALL}``
        """
        # sudo: how one may answer is no secret of what was said
        outside = self.env["helpdesk.channel.message"].sudo()
        last_by_ticket = outside._last_of_customers(self)
        dates = outside._last_private_dates(outside.browse(last.id for last in last_by_ticket.values()))
        ways = {}
        for ticket in self:
            last = last_by_ticket.get(ticket, outside)
            ways[ticket] = ticket._way_to_ask(last, dates.get((last.channel_id.id, last.recipient)))
        return ways

    def _way_to_ask(self, last, spoken):
        """
        :param last: ``helpdesk.channel.message`` of the customer's last words, or none
        :param datetime spoken: when the customer last wrote in private, or None
        """
        channel = self._answer_channel().sudo()  # sudo: as above
        if channel.kind == "call":
            return IN_WRITING
        if channel.kind in WORDLESS_KINDS:
            return NOT_AT_ALL
        limits = providers.load(channel.kind).limits(channel._account())
        if limits.one_answer:
            return NOT_AT_ALL  # below a review it would replace the answer
        if last.is_public:
            return LINK if limits.has_private_reply else NOT_AT_ALL
        window = timedelta(seconds=limits.window_seconds)
        if window and not (spoken and spoken + window > fields.Datetime.now()):
            return TEMPLATE if limits.has_templates and channel.question_template_id else NOT_AT_ALL
        return CHOICES if limits.button_count else LINK

    @api.model
    def _ask_by_choices(self, question_by_ticket):
        choices = {
            ticket.id: {"answers": [list(answer) for answer in question.answers], "choose": question.choose}
            for ticket, question in question_by_ticket.items()
        }
        bodies = {ticket: question.short for ticket, question in question_by_ticket.items()}
        return self.with_context(helpdesk_choices=choices)._post_automatic(bodies)

    @api.model
    def _ask_by_link(self, question_by_ticket):
        bodies = {
            ticket: Markup("%s<p>%s</p>") % (question.short, question.link)
            for ticket, question in question_by_ticket.items()
        }
        return self.with_context(helpdesk_answer={"mode": "private"})._post_automatic(bodies)

    @api.model
    def _ask_by_template(self, question_by_ticket):
        bodies, values_by_ticket = {}, {}
        for ticket, question in question_by_ticket.items():
            # sudo: which template a channel asks by is known to whoever may write
            template = ticket.channel_id.sudo().question_template_id
            values = dict(zip(template.parameters or (), (question.reference, question.link), strict=False))
            values_by_ticket[ticket.id] = values
            bodies[ticket] = plaintext2html(template._render(values))
        return self.with_context(helpdesk_template_values=values_by_ticket)._post_automatic(bodies)
