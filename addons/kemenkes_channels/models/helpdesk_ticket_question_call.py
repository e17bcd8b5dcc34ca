from datetime import timedelta
from typing import NamedTuple

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import SQL, plaintext2html

from .. import providers


class Place(NamedTuple):
    """Where a caller is written to: an account of ours, their address there, and what the service needs besides words.

    Known to this process only: nobody can ask by a remote call that words go to an address of their choice.
    """

    channel_id: int
    recipient: str
    payload: dict


class HelpdeskTicket(models.Model):
    """A caller without an e-mail address is asked on WhatsApp, by a link, where they have written to us before."""

    _inherit = "helpdesk.ticket"

    @api.model
    def _ask_in_writing(self, question_by_ticket):
        """
        :param dict question_by_ticket: tickets of calls whose customers can't be answered by e-mail
        :return: as :meth:`_post_question`
        """
        tickets = self.browse(ticket.id for ticket in question_by_ticket)
        chats = tickets._whatsapp_messages()
        places, bodies = {}, {}
        for ticket, question in question_by_ticket.items():
            found = ticket._place_on_whatsapp(chats.get(ticket.partner_id), question)
            if found:
                places[ticket.id], bodies[ticket] = found
        return self.with_context(helpdesk_places=places)._post_automatic(bodies)

    def _whatsapp_messages(self):
        """``{res.partner: helpdesk.channel.message}``: the last one that each customer wrote to us on WhatsApp."""
        outside = self.env["helpdesk.channel.message"].sudo()  # sudo: whether they did, not what they said
        outside.flush_model(["ticket_id", "channel_id", "direction", "is_public"])
        self.env["helpdesk.ticket"].flush_model(["partner_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (ticket.partner_id) ticket.partner_id, said.id
                  FROM helpdesk_ticket AS ticket
                  JOIN helpdesk_channel_message AS said ON said.ticket_id = ticket.id
                  JOIN helpdesk_channel AS channel ON channel.id = said.channel_id
                 WHERE ticket.partner_id = ANY(%s) AND said.direction = 'in' AND NOT said.is_public
                   AND channel.kind = 'whatsapp' AND channel.active AND channel.is_paused IS NOT TRUE
                 ORDER BY ticket.partner_id, said.id DESC
                """,
                self.partner_id.ids,
            )
        )
        partners = self.env["res.partner"]
        return {partners.browse(partner_id): outside.browse(id_) for partner_id, id_ in rows}

    def _place_on_whatsapp(self, last, question):
        """
        :param last: ``helpdesk.channel.message`` of the customer's last words there, or None
        :return: ``(Place, body)``, or None where they may not be written to
        """
        if not last:
            return None
        channel = last.channel_id
        window = timedelta(seconds=providers.load(channel.kind).limits(channel._account()).window_seconds)
        if last.date + window > fields.Datetime.now():
            body = Markup("%s<p>%s</p>") % (question.short, question.link)
            return Place(channel.id, last.recipient, {"conversation": last.conversation or ""}), body
        template = channel.question_template_id
        if not template:
            return None
        values = dict(zip(template.parameters or (), (question.reference, question.link), strict=False))
        payload = {"template": template._prepare_sending(values)}
        return Place(channel.id, last.recipient, payload), plaintext2html(template._render(values))
