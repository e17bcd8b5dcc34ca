from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from odoo.addons.kemenkes_helpdesk.models.helpdesk_stage import DONE_KINDS
from odoo.addons.kemenkes_helpdesk.tools import working_time

from .helpdesk_call import LIVE_STATES

SHOWN_TICKETS = 5
# A call that ended so long ago waits for no wrap-up any more.
WRAP_UP_HOURS = 1


class HelpdeskCall(models.Model):
    """The screen pop: the agent whose telephone rings sees who calls and with what they came before."""

    _inherit = "helpdesk.call"

    def _tell_agents(self, before):
        """Tell the agents' browsers what has become of these calls, in one message each.

        :param dict before: ``{call: (state, user, ticket)}`` as they stood when they were last told
        """
        for call in self:
            state, user, ticket = before[call]
            if call.is_manual or (call.state, call.user_id, call.ticket_id) == (state, user, ticket):
                continue
            if user and user != call.user_id:
                user._bus_send("helpdesk.call/gone", {"id": call.id})
            if call.user_id._admitted():
                call.user_id._bus_send("helpdesk.call/now", call._prepare_pop())

    def _prepare_pop(self):
        """What the agent's screen shows, with the rights of that agent."""
        self.ensure_one()
        seen = self.with_user(self.user_id).with_context(lang=self.user_id.lang, tz=self.user_id.tz)
        tickets = self._prepare_history(seen.env["helpdesk.ticket"])
        # sudo: the call is the agent's own; what is masked for the agent stays masked
        seen = seen.sudo()
        return {
            "id": self.id,
            "state": self.state,
            "direction": self.direction,
            # the telephone shows the number too; the screen keeps it to who asks
            "number": seen._shown("number") or "",
            "partner": self._prepare_caller(seen),
            "queue": self.queue or "",
            "ivr": self.ivr_path or "",
            "line": self.line or self.channel_id.name,
            "started": fields.Datetime.to_string(self.start_date),
            "answered": fields.Datetime.to_string(self.answer_date),
            "ended": fields.Datetime.to_string(self.end_date),
            "talk_seconds": self.talk_seconds,
            "wrap_up_seconds": self.channel_id.wrap_up_seconds,
            "note": seen._shown("note") or "",
            "ticket": seen.ticket_id._survivor()._prepare_brief() if seen.ticket_id else False,
            **tickets,
        }

    def _prepare_caller(self, seen):
        """Who calls; nobody where the number is not known."""
        partner = self.partner_id
        if not partner:
            return {"id": False, "name": seen._shown("caller_name") or ""}
        name = partner.with_env(seen.env)._shown("name")
        return {"id": partner.id, "name": name if name != self.number else ""}

    def _prepare_history(self, tickets):
        """The caller's tickets that the agent may see: open ones first, over all channels.

        :param tickets: ``helpdesk.ticket`` with the agent's rights
        """
        if not self.partner_id:
            return {"tickets": [], "open_count": 0, "ticket_count": 0}
        # the one of this call is shown apart
        domain = Domain("partner_id", "=", self.partner_id.id) & Domain("id", "!=", self.ticket_id.id)
        still_open = Domain("stage_kind", "not in", list(DONE_KINDS))
        found = tickets.search(domain & still_open, limit=SHOWN_TICKETS, order="id desc")
        if len(found) < SHOWN_TICKETS:
            found += tickets.search(domain & ~still_open, limit=SHOWN_TICKETS - len(found), order="id desc")
        return {
            "tickets": [ticket._prepare_brief() for ticket in found],
            "open_count": tickets.search_count(domain & still_open),
            "ticket_count": tickets.search_count(domain),
        }

    # WHAT THE AGENT'S SCREEN ASKS FOR

    @api.model
    def get_current(self):
        """Calls of this account that are under way, or wait for their wrap-up; for a page that was just opened.

        :return: list of what the bus tells of each
        """
        recently = fields.Datetime.subtract(fields.Datetime.now(), hours=WRAP_UP_HOURS)
        calls = self._own().search(
            [
                ("user_id", "=", self.env.uid),
                ("is_manual", "=", False),
                ("start_date", ">", fields.Datetime.subtract(fields.Datetime.now(), days=1)),
                "|",
                ("state", "in", LIVE_STATES),
                "&",
                "&",
                ("state", "=", "ended"),
                ("wrap_up_date", "=", False),
                ("end_date", ">", recently),
            ]
        )
        return [call._prepare_pop() for call in calls]

    def finish_wrap_up(self, note="", seconds=None):
        """The agent is done with a call that has ended: what it was about, and how long that took.

        :param str note: in the agent's words, ``""`` keeps what stands there
        :param int seconds: since the end, at most as long as the line allows; None: until now
        :raise AccessError: it is not this account's call
        """
        call = self._own_one()
        now = fields.Datetime.now()
        values = {}
        if (note or "").strip():
            values["note"] = note.strip()
        if call.state in ("talking", "held"):
            # the telephone system has not told of the end; who talked knows better
            call._end_unknown()
            values["is_end_unknown"] = True
        if call.end_date and not call.wrap_up_date:
            longest = min(int((now - call.end_date).total_seconds()), call.channel_id.wrap_up_seconds)
            values["wrap_up_seconds"] = max(0, longest if seconds is None else min(seconds, longest))
            values["wrap_up_date"] = now
            call._note_wrap_up(values["wrap_up_seconds"])
        call.write(values)
        call.filtered("ticket_id")._show_on_ticket()

    def _note_wrap_up(self, seconds):
        if not self.ticket_id or not seconds:
            return
        start = working_time.to_seconds(self.end_date)
        signs = self.env["helpdesk.handling.sign"].with_user(self.user_id)
        signs._note_work("wrap_up", [(self.ticket_id._survivor().id, start, start + seconds)])

    def move_to_ticket(self, ticket_id):
        """The call is about another ticket: about one of the caller's, or about a new one.

        :param int ticket_id: id of a ticket that the account may write on, False for a new one
        :return: id of the ticket
        :raise AccessError: it is not this account's call, or it may not write on the ticket
        """
        call = self._own_one()
        old = call.ticket_id
        if ticket_id:
            ticket = self.env["helpdesk.ticket"].browse(ticket_id).exists()
            ticket.check_access("write")
        else:
            ticket = self.env["helpdesk.ticket"].sudo().create(call._prepare_ticket())
        if old and call.message_id:
            # the thread of the old ticket keeps its trace; what it was about stands on the new one
            old._survivor()._message_log(
                body=self.env._("The call was about another ticket: %s", ticket.ticket_ref),
            )
        call.write({"ticket_id": ticket.id})
        call._follow()
        call._tell_agents({call: (call.state, call.user_id, old)})
        return ticket.id

    def _own(self):
        # sudo: calls of a telephone system are written by the system; agents act on their own by these methods
        return self.sudo()

    def _own_one(self):
        self.ensure_one()
        call = self._own()
        if call.user_id != self.env.user:
            raise AccessError(self.env._("This is the call of somebody else."))
        return call
