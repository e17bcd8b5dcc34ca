from odoo import api, fields, models


class HelpdeskReviewAnswer(models.TransientModel):
    """Answer one review, or several with the same words, or change the answer."""

    _name = "helpdesk.review.answer"
    _description = "Answer Reviews"

    review_ids = fields.Many2many("helpdesk.review", required=True, readonly=True)
    review_count = fields.Integer(compute="_compute_reviews")
    review_id = fields.Many2one("helpdesk.review", compute="_compute_reviews")
    stars = fields.Integer(related="review_id.stars")
    review_title = fields.Char(related="review_id.title", string="Title")
    review_text = fields.Text(related="review_id.text", string="Review")
    answered_count = fields.Integer(compute="_compute_reviews")
    canned_id = fields.Many2one("mail.canned.response", "Canned response", store=False)
    text = fields.Text("Answer", required=True)
    limit = fields.Integer(compute="_compute_reviews")
    solve = fields.Boolean("Close the ticket with it", default=True)

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        if self.env.context.get("active_model") == "helpdesk.review":
            reviews = self.env["helpdesk.review"].browse(self.env.context.get("active_ids", []))
            values["review_ids"] = [fields.Command.set(reviews.ids)]
            if len(reviews) == 1:
                values["text"] = reviews.reply_text
        return values

    @api.depends("review_ids")
    def _compute_reviews(self):
        for wizard in self:
            reviews = wizard.review_ids._origin
            wizard.review_count = len(reviews)
            wizard.review_id = reviews if len(reviews) == 1 else False
            wizard.answered_count = len(reviews.filtered("reply_text"))
            wizard.limit = min((review.reply_limit for review in reviews if review.reply_limit), default=0)

    @api.onchange("canned_id")
    def _onchange_canned_id(self):
        if self.canned_id:
            self.text = self.canned_id.substitution
            self.canned_id = False

    def action_answer(self):
        """Send the answer.

        :return: an action that closes the dialog
        """
        self.ensure_one()
        self.review_ids.answer(self.text, solve=self.solve)
        return {"type": "ir.actions.act_window_close"}
