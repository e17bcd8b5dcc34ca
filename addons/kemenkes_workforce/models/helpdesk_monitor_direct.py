from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import UserError

LONGEST_WHISPER = 2000


class HelpdeskMonitor(models.AbstractModel):
    """What a supervisor does with an agent from the floor: set a status, whisper, take over (R23.b.2)."""

    _inherit = "helpdesk.monitor"

    @api.model
    def set_status(self, user_id, status_id, reason_id=False):
        """Put an agent into a status; one that means offline ends the agent's work.

        :param int user_id: an agent at work whom the user watches
        :param int status_id: ``helpdesk.agent.status``
        :param int reason_id: ``helpdesk.agent.reason``, where the status asks for one
        :return: True
        :raise AccessError: the user does not watch that agent
        :raise UserError: the agent is not at work, or the reason is missing
        """
        agent = self._watched_agent(user_id)
        # sudo: statuses and reasons are read by every agent
        status = self.env["helpdesk.agent.status"].sudo().browse(status_id).exists()
        reason = self.env["helpdesk.agent.reason"].sudo().browse(reason_id or []).exists()
        if status.kind == "offline":
            agent._end_work("supervisor")
        else:
            agent._set_status(status, reason)
        return True

    @api.model
    def whisper(self, user_id, text, ticket_id=False):
        """Say something to an agent that nobody else hears: on their screen at once, and kept in their inbox.

        It does not hang on the ticket: whoever may read a ticket may read all that hangs on it.

        :param int user_id: an agent whom the user watches
        :param str text: plain text
        :param int ticket_id: which ticket it is about, one that the user may read
        :return: True
        :raise AccessError: the user does not watch that agent, or may not read the ticket
        :raise UserError: nothing to say, or more than 2000 characters
        """
        agent = self._watched_agent(user_id)
        text = (text or "").strip()
        if not text:
            raise UserError(self.env._("Write what you want to say."))
        if len(text) > LONGEST_WHISPER:
            raise UserError(self.env._("Say it in at most %s characters.", LONGEST_WHISPER))
        ticket = self.env["helpdesk.ticket"].browse(ticket_id or [])
        ticket.check_access("read")
        # sudo: the address of the agent's inbox
        partner = agent.sudo().partner_id
        self.env["mail.thread"].message_notify(
            partner_ids=partner.ids,
            subject=self._whisper_subject(agent, ticket),
            body=self._whisper_body(text, ticket),
        )
        agent.sudo()._bus_send(
            "helpdesk.agent/whisper",
            {"text": text, "author": self.env.user.name, "ticket_id": ticket.id, "ticket_ref": ticket.ticket_ref},
        )
        row = {"kind": "whispered", "target_user_id": agent.id, "ticket_id": ticket.id}
        self.env["helpdesk.event"]._record([row])
        return True

    def _whisper_subject(self, agent, ticket):
        speaker = self.with_context(lang=agent.sudo().lang).env
        name = self.env.user.name
        if ticket:
            return speaker._("%(name)s whispers about %(ticket)s", name=name, ticket=ticket.ticket_ref)
        return speaker._("%s whispers", name)

    def _whisper_body(self, text, ticket):
        body = Markup("<br>").join(text.splitlines())
        if not ticket:
            return body
        link = Markup('<a href="/odoo/helpdesk.ticket/%s">%s</a>') % (ticket.id, ticket.ticket_ref)
        return Markup("%s<p>%s</p>") % (body, link)

    @api.model
    def take_over(self, ticket_ids):
        """Make tickets one's own, whoever has them, and tell those who had them.

        :param list ticket_ids: open tickets that the user may write
        :return: True
        :raise AccessError: one of them is not the user's to write
        """
        tickets = self.env["helpdesk.ticket"].browse(ticket_ids)
        tickets._hand_over(self.env.user)
        return True
