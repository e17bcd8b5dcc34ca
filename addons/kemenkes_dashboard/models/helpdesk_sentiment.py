from odoo import api, fields, models
from odoo.tools import html2plaintext

from ..tools import sentiment

READER = "sentiment"
LABELS = [("negative", "Negative"), ("neutral", "Neutral"), ("positive", "Positive")]
BATCH = 500


class HelpdeskSentiment(models.Model):
    """How a customer's message sounds (R12.b): said by the model in the background, corrected by people.

    A correction is kept beside what the model said, for its next training and to tell how often it is right.
    """

    _name = "helpdesk.sentiment"
    _description = "Sentiment of a Message"
    _order = "date desc, id desc"
    _rec_name = "ticket_id"

    message_id = fields.Many2one("mail.message", required=True, readonly=True, ondelete="cascade")
    ticket_id = fields.Many2one("helpdesk.ticket", required=True, readonly=True, ondelete="cascade")
    date = fields.Datetime("Written on", required=True, readonly=True)
    product_id = fields.Many2one("helpdesk.product", readonly=True)
    site_id = fields.Many2one("helpdesk.site", readonly=True)
    channel_id = fields.Many2one("helpdesk.channel", readonly=True)
    category_id = fields.Many2one("helpdesk.category", readonly=True)
    label = fields.Selection(LABELS, "Said by the model", required=True, readonly=True)
    margin = fields.Float(
        "Sureness", readonly=True, aggregator=None, help="How far the label is ahead of the next one."
    )
    corrected_label = fields.Selection(LABELS, "Corrected to")
    corrected_by_id = fields.Many2one("res.users", "Corrected by", readonly=True)
    value = fields.Selection(LABELS, "Sentiment", compute="_compute_value", store=True)

    _message_unique = models.UniqueIndex("(message_id)")
    _ticket_idx = models.Index("(ticket_id, date, id)")
    _negative_idx = models.Index("(ticket_id) WHERE value = 'negative'")
    _date_idx = models.Index("(date)")
    _product_idx = models.Index("(product_id, date)")

    @api.depends("label", "corrected_label")
    def _compute_value(self):
        for message in self:
            message.value = message.corrected_label or message.label

    def write(self, vals):
        if "corrected_label" in vals:
            vals = {**vals, "corrected_by_id": vals["corrected_label"] and self.env.uid}
            self.env["helpdesk.kpi.stale"]._mark(self.ticket_id)
        return super().write(vals)

    # BY THE MODEL

    @api.model
    def _cron_score(self):
        """Label what customers have written since the last time: behind the ledger, so that no message is delayed."""
        cursor = self.env["helpdesk.event.cursor"]
        while rows := cursor._consume(READER, limit=BATCH):
            self._score_events(rows)
            if not self.env["ir.cron"]._commit_progress(len(rows)):
                break

    @api.model
    def _score_events(self, events):
        """Label the messages that ledger rows tell of; those labelled before keep their label.

        :param list events: rows of the ledger as dicts
        :return: the labels made
        """
        event_by_message = {
            event["message_id"]: event for event in events if event["kind"] == "message_in" and event["message_id"]
        }
        known = self.search([("message_id", "in", list(event_by_message))]).message_id.ids
        # sudo: the machine reads what customers wrote; only a label leaves it
        # oldest first: of two messages in one second the later one is the ticket's last
        messages = self.env["mail.message"].sudo().browse(sorted(event_by_message.keys() - set(known))).exists()
        tickets = self.env["helpdesk.ticket"].sudo().with_context(active_test=False)
        alive = set(tickets.browse({event["ticket_id"] for event in event_by_message.values()}).exists().ids)
        model = sentiment.load()
        labels = self.create(
            [
                self._prepare_label(message, event_by_message[message.id], model)
                for message in messages
                if event_by_message[message.id]["ticket_id"] in alive
            ]
        )
        self.env["helpdesk.kpi.stale"]._mark(labels.ticket_id)
        return labels

    @api.model
    def _prepare_label(self, message, event, model):
        result = sentiment.score(html2plaintext(message.body or "", include_references=False), model)
        return {
            "message_id": message.id,
            "date": event["date"],
            "label": result.label,
            "margin": round(result.margin, 3),
            **{name: event[name] for name in ("ticket_id", "product_id", "site_id", "channel_id", "category_id")},
        }

    def action_open_ticket(self):
        """Open the conversation.

        :return: an action
        """
        self.ensure_one()
        return self.ticket_id._action_open()
