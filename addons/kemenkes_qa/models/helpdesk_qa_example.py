import re

from odoo import api, fields, models
from odoo.tools import html2plaintext

from odoo.addons.kemenkes_helpdesk.tools.personal_data import mask

SHORTEST_NAME = 3


class HelpdeskQaExample(models.Model):
    """A good example to learn from: what was said, and why it is good. It tells of no customer."""

    _name = "helpdesk.qa.example"
    _description = "Good Example"
    _inherit = ["mail.thread"]
    _order = "id desc"

    name = fields.Char("Title", required=True)
    active = fields.Boolean(default=True)
    product_id = fields.Many2one("helpdesk.product", index="btree_not_null")
    category_id = fields.Many2one("helpdesk.category", index="btree_not_null")
    criterion_id = fields.Many2one("helpdesk.qa.criterion", "Good example of", ondelete="set null")
    quote = fields.Text("What was said", required=True, help="Personal data in it is masked when it is stored.")
    reason = fields.Text("Why it is good", required=True)
    evaluation_id = fields.Many2one("helpdesk.qa.evaluation", readonly=True, ondelete="set null", copy=False)
    ticket_ref = fields.Char("Ticket", readonly=True, copy=False)

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._masked(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._masked(vals))

    @api.model
    def _masked(self, vals):
        texts = {name: mask(vals[name]) for name in ("name", "quote", "reason") if vals.get(name)}
        return {**vals, **texts}

    @api.model
    def _without_names(self, text, ticket):
        """``text`` without the name of the ticket's customer, whole or in parts."""
        names = {ticket.partner_name or "", ticket.partner_id.name or ""}
        parts = {part for name in names for part in name.split() if len(part) >= SHORTEST_NAME}
        for name in sorted(names | parts, key=len, reverse=True):
            if name.strip():
                text = re.sub(rf"\b{re.escape(name)}\b", "…", text, flags=re.IGNORECASE)
        return re.sub(r"…(?:\s+…)+", "…", text)

    @api.model
    def _of_evaluation(self, evaluation):
        """An example made of what an evaluator has pinned, else of the agent's last words.

        :return: the example
        """
        pinned = evaluation.line_ids.filtered("message_id").sorted("share")[-1:]
        message = pinned.message_id or evaluation._last_words()
        # sudo: the words of a conversation that the evaluator reads; masked before they are stored
        text = html2plaintext(message.sudo().body or "").strip()
        text = self._without_names(text, evaluation.ticket_id.sudo())
        return self.create(
            {
                "name": evaluation.ticket_ref,
                "product_id": evaluation.product_id.id,
                "category_id": evaluation.ticket_id.category_id.id,
                "criterion_id": pinned.criterion_id.id,
                "quote": text or evaluation.ticket_ref,
                "reason": pinned.comment or evaluation.summary or self.env._("Why it is good"),
                "evaluation_id": evaluation.id,
                "ticket_ref": evaluation.ticket_ref,
            }
        )
