import random
from datetime import timedelta

from odoo import api, models

OFFERED_PERCENT = 70
REFUSED_PERCENT = 8
# Seconds that an offer stands, and in which it is accepted.
STANDS = 60
ACCEPTED_WITHIN = (4, 40)


class HelpdeskDemo(models.AbstractModel):
    """Offers of the demo's finished tickets, so that the reject rate has a past."""

    _inherit = "helpdesk.demo"

    @api.model
    def _load_offers(self):
        """Tell who was offered the tickets before they were taken, once.

        :return: the offers
        """
        offers = self.env["helpdesk.offer"]
        if offers.search_count([("state", "=", "accepted")], limit=1):
            return offers
        taken = {}
        for event in self.env["helpdesk.event"].search(
            [("kind", "=", "assigned"), ("tier", "=", 1), ("stage_kind", "=", "new")], order="date, id"
        ):
            taken.setdefault(event.ticket_id, event)
        # a recorded seed: the same demo on the same day
        chance = random.Random(OFFERED_PERCENT)
        return offers.create(
            [
                values
                for ticket, event in taken.items()
                if ticket.stage_kind in ("solved", "closed") and chance.random() * 100 < OFFERED_PERCENT
                for values in self._prepare_offers(event, chance)
            ]
        )

    def _prepare_offers(self, event, chance):
        """The one that was accepted, now and then with one before that a colleague did not take."""
        seconds = chance.randint(*ACCEPTED_WITHIN)
        accepted = self._prepare_offer(event, event.agent_id, event.date, seconds, "accepted")
        team = event.team_id
        colleagues = team.member_ids - team.user_id - event.agent_id
        if not colleagues or chance.random() * 100 >= REFUSED_PERCENT:
            return [accepted]
        ended = accepted["offered_date"] - timedelta(seconds=1)
        colleague = chance.choice(colleagues)
        if chance.random() < 0.5:
            return [self._prepare_offer(event, colleague, ended, STANDS, "missed"), accepted]
        reason = chance.choice(self.env["helpdesk.reject.reason"].search([]))
        rejected = self._prepare_offer(event, colleague, ended, chance.randint(*ACCEPTED_WITHIN), "rejected")
        return [{**rejected, "reject_reason_id": reason.id}, accepted]

    def _prepare_offer(self, event, agent, answered, seconds, state):
        offered = answered - timedelta(seconds=seconds)
        return {
            "ticket_id": event.ticket_id.id,
            "user_id": agent.id,
            **{name: event[name].id for name in ("team_id", "site_id", "product_id", "channel_id")},
            "state": state,
            "offered_date": offered,
            "expire_date": offered + timedelta(seconds=STANDS),
            "answer_date": answered,
            "answer_seconds": seconds,
        }
