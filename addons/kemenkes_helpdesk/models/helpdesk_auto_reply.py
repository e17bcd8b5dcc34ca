from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .helpdesk_channel import CHANNEL_KINDS


class HelpdeskAutoReply(models.Model):
    """What the machine answers by itself, on which channel, and at which time of day."""

    _name = "helpdesk.auto.reply"
    _description = "Automatic Reply"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10, help="The first that fits speaks; the others are silent.")
    active = fields.Boolean(default=True)
    trigger = fields.Selection(
        [
            ("created", "A new ticket"),
            ("message_in", "Any message of the customer"),
            ("solved", "The ticket is solved"),
        ],
        required=True,
        default="created",
    )
    channel_kind = fields.Selection(CHANNEL_KINDS, "Kind of channel", help="Leave empty for every kind.")
    channel_ids = fields.Many2many("helpdesk.channel", string="Channels", help="Leave empty for every channel.")
    site_ids = fields.Many2many("helpdesk.site", string="Sites", help="Leave empty for every site.")
    product_ids = fields.Many2many("helpdesk.product", string="Products", help="Leave empty for every product.")
    when = fields.Selection(
        [
            ("always", "At any time"),
            ("hours", "Between two hours"),
            ("inside", "Inside working hours"),
            ("outside", "Outside working hours"),
        ],
        required=True,
        default="always",
    )
    hour_from = fields.Float("From", help="Hour of the day at the ticket's site.")
    hour_to = fields.Float("To", help="Before the first hour: the time runs over midnight.")
    calendar_id = fields.Many2one("resource.calendar", "Working hours")
    body = fields.Html("Words", required=True, translate=True)

    _hours_of_day = models.Constraint(
        "CHECK(hour_from >= 0 AND hour_from < 24 AND hour_to >= 0 AND hour_to <= 24)",
        "Hours lie between 0:00 and 24:00.",
    )

    @api.constrains("when", "calendar_id", "hour_from", "hour_to")
    def _check_when(self):
        for reply in self:
            if reply.when in ("inside", "outside") and not reply.calendar_id:
                raise ValidationError(self.env._("Choose the working hours that %s goes by.", reply.name))
            if reply.when == "hours" and reply.hour_from == reply.hour_to:
                raise ValidationError(self.env._("The two hours of %s are the same.", reply.name))

    @api.constrains("body")
    def _check_body(self):
        for reply in self:
            self.env["helpdesk.ticket"]._check_placeholders(reply.body)

    @api.model
    def _read_events(self, events):
        """Reader of the ledger: answers what has just come in.

        :param list events: rows of the ledger as dicts
        """
        # the number that the customer wrote under: the answer is theirs, not the survivor's customer's
        said = [event["other_ticket_id"] or event["ticket_id"] for event in events if event["kind"] == "message_in"]
        solved = [event["ticket_id"] for event in events if event["kind"] == "solved"]
        if not said and not solved:
            return
        # sudo: the machine answers, whoever's transaction it is
        replies = self.sudo().search([])
        if not replies:
            return
        tickets = self.env["helpdesk.ticket"].sudo()
        spoken = tickets.browse(dict.fromkeys(said))
        heard = {
            "created": spoken._with_one_customer_message(),
            "message_in": spoken,
            "solved": tickets.browse(dict.fromkeys(solved)),
        }
        for trigger, of_trigger in replies.grouped("trigger").items():
            of_trigger._answer(heard[trigger])

    def _answer(self, tickets):
        """Say the first fitting words to each customer who may hear them."""
        # the machine's word on a solved ticket is one per solution already
        listening = tickets if self[:1].trigger == "solved" else tickets._may_hear_machine()
        bodies = {ticket: self._body_for(ticket) for ticket in listening}
        tickets._post_automatic({ticket: body for ticket, body in bodies.items() if body})

    def _body_for(self, ticket):
        reply = next((reply for reply in self if reply._fits(ticket)), None)
        if not reply:
            return None
        spoken = reply.with_context(lang=ticket._customer_language())
        return ticket.with_context(lang=spoken.env.lang)._render_placeholders(spoken.body)

    def _fits(self, ticket):
        if self.channel_kind and self.channel_kind != ticket.channel_kind:
            return False
        limits = (
            (self.channel_ids, ticket.channel_id),
            (self.site_ids, ticket.site_id),
            (self.product_ids, ticket.product_id),
        )
        if any(allowed and value not in allowed for allowed, value in limits):
            return False
        return self._fits_time(fields.Datetime.now(), ticket.site_id.timezone)

    def _fits_time(self, now, timezone):
        """
        :param datetime now: naive UTC
        :param str timezone: of the ticket's site
        """
        if self.when == "always":
            return True
        local = pytz.utc.localize(now).astimezone(pytz.timezone(timezone))
        if self.when == "hours":
            hour = local.hour + local.minute / 60
            if self.hour_from < self.hour_to:
                return self.hour_from <= hour < self.hour_to
            return hour >= self.hour_from or hour < self.hour_to
        minute = timedelta(minutes=1)
        inside = bool(self.calendar_id._work_intervals_batch(local, local + minute)[False])
        return inside == (self.when == "inside")
