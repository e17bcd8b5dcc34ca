from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

OFFER_STATES = [
    ("open", "Waiting for an answer"),
    ("accepted", "Accepted"),
    ("rejected", "Rejected"),
    ("missed", "Missed"),
    ("withdrawn", "Withdrawn"),
]
# Not the agent's doing: left out of the reject rate.
WITHDRAWN = "withdrawn"
REFUSED = ("rejected", "missed")


class HelpdeskOffer(models.Model):
    """A ticket that an agent is asked to take, for so many seconds (R23.b.1, R25.c.2); kept for the reject rate."""

    _name = "helpdesk.offer"
    _description = "Offer of a Ticket"
    _order = "offered_date desc, id desc"
    _rec_name = "ticket_id"

    ticket_id = fields.Many2one("helpdesk.ticket", required=True, readonly=True, index=True, ondelete="cascade")
    user_id = fields.Many2one("res.users", "Agent", required=True, readonly=True, ondelete="restrict")
    session_id = fields.Many2one("helpdesk.agent.session", readonly=True, index=True, ondelete="restrict")
    team_id = fields.Many2one("helpdesk.team", readonly=True, ondelete="restrict")
    site_id = fields.Many2one("helpdesk.site", readonly=True, ondelete="restrict")
    product_id = fields.Many2one("helpdesk.product", readonly=True, ondelete="restrict")
    channel_id = fields.Many2one("helpdesk.channel", readonly=True, ondelete="restrict")
    state = fields.Selection(OFFER_STATES, required=True, readonly=True, default="open")
    reject_reason_id = fields.Many2one("helpdesk.reject.reason", "Reason", readonly=True, ondelete="restrict")
    offered_date = fields.Datetime(required=True, readonly=True)
    expire_date = fields.Datetime("Stands until", required=True, readonly=True)
    answer_date = fields.Datetime("Answered", readonly=True)
    answer_seconds = fields.Integer("Seconds to answer", readonly=True, aggregator="avg")

    _open_unique = models.UniqueIndex("(ticket_id) WHERE state = 'open'", "This ticket is offered to somebody already.")
    _open_user_idx = models.Index("(user_id) WHERE state = 'open'")
    _refused_idx = models.Index("(answer_date) WHERE state IN ('rejected', 'missed')")
    _user_idx = models.Index("(user_id, offered_date)")
    _offered_date_idx = models.Index("(offered_date)")

    # ANSWERS OF THE AGENT

    @api.model
    def get_open(self):
        """The offers that wait for an answer of the current user.

        :return: list of :meth:`_to_client`
        """
        # sudo: offers to oneself
        return [offer._to_client() for offer in self.sudo().search(self._mine_open())]

    @api.model
    def _mine_open(self):
        return [("user_id", "=", self.env.uid), ("state", "=", "open")]

    def accept(self):
        """Take the ticket.

        :return: id of the ticket
        :raise UserError: it is somebody else's by now, or the offer has ended
        """
        offer = self._for_answer()
        ticket = offer.ticket_id
        ticket._lock_rows()
        if ticket.user_id:
            offer._answer(WITHDRAWN)
            raise UserError(
                self.env._("%(ticket)s is with %(agent)s.", ticket=ticket.ticket_ref, agent=ticket.user_id.name)
            )
        offer._answer("accepted")
        offer._log("accepted")
        distribution = self.env["helpdesk.distribution"].sudo()  # sudo: as the system gives tickets
        distribution._assign(ticket, offer.user_id, distribution._waiting_escalations(ticket))
        ticket._start()
        return ticket.id

    def reject(self, reason_id):
        """Leave the ticket to somebody else.

        :param int reason_id: ``helpdesk.reject.reason``
        :raise UserError: no reason, or the offer has ended
        """
        # sudo: reasons are read by every agent
        reason = self.env["helpdesk.reject.reason"].sudo().browse(reason_id or []).exists()
        if not reason:
            raise UserError(self.env._("Say why you don't take it."))
        offer = self._for_answer()
        offer._answer("rejected", reason)
        offer._log("rejected", reason=reason.id)
        self.env["helpdesk.distribution"]._wake()

    def miss(self):
        """The time is over, as the agent's own browser tells; the server's clock decides."""
        offer = self._for_answer()
        if offer.expire_date <= fields.Datetime.now():
            offer._expire()
            self.env["helpdesk.distribution"]._wake()

    def _for_answer(self):
        self.ensure_one()
        # sudo: offers are the system's; that it is the caller's own is checked right here
        offer = self.sudo().exists()
        if offer.user_id != self.env.user:
            raise AccessError(self.env._("This offer is not for you."))
        if not offer.try_lock_for_update() or offer.state != "open":
            raise UserError(self.env._("This offer has ended."))
        return offer

    # STEPS

    def _answer(self, state, reason=None):
        now = fields.Datetime.now()
        for offer in self:
            offer.write(
                {
                    "state": state,
                    "answer_date": now,
                    "answer_seconds": int((now - offer.offered_date).total_seconds()),
                    "reject_reason_id": reason.id if reason else False,
                }
            )
        self._tell_ended()

    def _expire(self):
        """Nobody answered in time; who misses several in a row is away."""
        self._answer("missed")
        self._log("offer_missed")
        away = self.env["helpdesk.agent.status"]._get_by_kind("away")
        for offer in self:
            if offer.session_id.is_available and offer._is_one_too_many():
                offer.user_id._set_status(away)

    def _is_one_too_many(self):
        limit = self.team_id.missed_limit
        if not limit:
            return False
        last = self.search(
            [("session_id", "=", self.session_id.id), ("state", "not in", ("open", WITHDRAWN)),
             ("offered_date", ">=", self.session_id.status_date)],
            limit=limit,
            order="answer_date desc, id desc",
        )  # fmt: skip
        return len(last) == limit and all(offer.state == "missed" for offer in last)

    def _log(self, kind, **data):
        self.env["helpdesk.event"]._record(
            [
                {
                    "kind": kind,
                    "ticket_id": offer.ticket_id.id,
                    "target_user_id": offer.user_id.id,
                    "data": {"offer": offer.id, "seconds": offer.answer_seconds, **data},
                }
                for offer in self
            ]
        )

    # WHAT THE AGENT'S BROWSER IS TOLD

    def _tell(self):
        for offer in self:
            offer.user_id._bus_send("helpdesk.offer/new", offer._to_client())

    def _tell_ended(self):
        for offer in self:
            offer.user_id._bus_send("helpdesk.offer/ended", {"id": offer.id, "state": offer.state})

    def _to_client(self):
        """What the dialog shows; of the customer nothing."""
        ticket = self.ticket_id.with_user(self.user_id).sudo()
        now = fields.Datetime.now()
        return {
            "id": self.id,
            "ticket_id": ticket.id,
            "ticket_ref": ticket.ticket_ref,
            "subject": ticket._shown("name"),
            "channel": self.channel_id.kind or "",
            "product": self.product_id.name or "",
            "priority": int(ticket.priority),
            "since": fields.Datetime.to_string(ticket.queue_date or self.offered_date),
            "seconds": int((self.expire_date - self.offered_date).total_seconds()),
            "left": max(int((self.expire_date - now).total_seconds()), 0),
        }
