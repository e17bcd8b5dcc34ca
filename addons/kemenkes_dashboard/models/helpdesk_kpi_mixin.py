from odoo import fields, models


class HelpdeskKpiMixin(models.AbstractModel):
    """What is counted, by day: the columns of facts, days and their report."""

    _name = "helpdesk.kpi.mixin"
    _inherit = ["helpdesk.kpi.dimension.mixin"]
    _description = "Figures of a Day"

    date = fields.Date("Day", required=True, readonly=True, help="The day at the site.")
    created = fields.Integer("Tickets created", readonly=True, help="Merged ones too: they came in.")
    message_in = fields.Integer("Messages in", readonly=True, help="What customers wrote or said.")
    message_out = fields.Integer("Replies", readonly=True, help="Written by people; automatic replies don't count.")
    solved = fields.Integer(
        "Tickets solved",
        readonly=True,
        help="Each solution counts on its day, reopened later or not. Merged is not solved.",
    )
    reopened = fields.Integer("Tickets reopened", readonly=True)
    escalated = fields.Integer("Escalations", readonly=True, help="Hand-overs to the next tier, by who handed over.")
    returned = fields.Integer("Escalations returned", readonly=True)
    first_response_count = fields.Integer("First responses", readonly=True)
    first_response_seconds = fields.Float(
        "Seconds to first response",
        readonly=True,
        digits=(16, 0),
        help="From the ticket's creation, on the wall clock.",
    )
    resolution_count = fields.Integer(
        "Resolutions", readonly=True, help="Solutions that stand: a ticket reopened since does not count."
    )
    resolution_seconds = fields.Float("Seconds to resolution", readonly=True, digits=(16, 0), help="On the wall clock.")
    handling_count = fields.Integer("Resolutions with handling time", readonly=True)
    handling_seconds = fields.Float(
        "Seconds of handling",
        readonly=True,
        digits=(16, 0),
        help="Measured work on tickets, counted when they are solved.",
    )
    first_contact_count = fields.Integer(
        "Resolutions after a reply", readonly=True, help="Solutions that stand, without those that took no reply."
    )
    one_reply_count = fields.Integer(
        "Resolutions with one reply", readonly=True, help="And not reopened in the days that the channel says."
    )
    first_response_met = fields.Integer("First response in time", readonly=True)
    first_response_breached = fields.Integer("First response late", readonly=True, help="Excused ones left out.")
    next_response_met = fields.Integer("Next response in time", readonly=True)
    next_response_breached = fields.Integer("Next response late", readonly=True, help="Excused ones left out.")
    first_touch_met = fields.Integer("First-touch resolution in time", readonly=True)
    first_touch_breached = fields.Integer("First-touch resolution late", readonly=True, help="Excused ones left out.")
    tier_resolution_met = fields.Integer("Resolution of the tier in time", readonly=True)
    tier_resolution_breached = fields.Integer(
        "Resolution of the tier late", readonly=True, help="Excused ones left out."
    )
    full_resolution_met = fields.Integer("Full resolution in time", readonly=True)
    full_resolution_breached = fields.Integer("Full resolution late", readonly=True, help="Excused ones left out.")
    csat_asked = fields.Integer("Customers asked", readonly=True)
    csat_count = fields.Integer("Ratings", readonly=True)
    csat_sum = fields.Integer("Stars", readonly=True, help="Sum of all stars given.")
    qa_count = fields.Integer("Evaluations", readonly=True, help="Published ones.")
    qa_sum = fields.Float("Sum of quality scores", readonly=True, digits=(16, 2))
    offered = fields.Integer("Offers answered", readonly=True, help="Accepted, rejected or missed.")
    rejected = fields.Integer("Offers rejected or missed", readonly=True)
    sentiment_negative = fields.Integer("Negative messages", readonly=True)
    sentiment_neutral = fields.Integer("Neutral messages", readonly=True)
    sentiment_positive = fields.Integer("Positive messages", readonly=True)
