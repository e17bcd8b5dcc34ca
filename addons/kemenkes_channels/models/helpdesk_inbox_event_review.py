from odoo import api, models


class HelpdeskInboxEvent(models.Model):
    """Reviews of app stores come in by the inbox: stored, and told to their tickets."""

    _inherit = "helpdesk.inbox.event"

    @api.model
    def _take_reviews(self, items):
        # sudo: reviews belong to nobody's rights until they are there
        reviews = self.env["helpdesk.review"].sudo()
        told = reviews._take([(item.channel, item.record) for item in items])
        news = {"new": reviews, "edited": reviews, "answered": reviews}
        for review, kind in told:
            if kind:
                news[kind] |= review
        news["new"]._follow_rules()
        (news["edited"] - news["new"])._follow_edit()
        (news["answered"] - news["new"])._note_foreign_answer()
        for item, (review, kind) in zip(items, told, strict=True):
            item.ticket = review.ticket_id or None
            item.outcome = "ticket" if kind == "new" and review.ticket_id else "news"
