from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_datetime

TOLD = ("offered", "accepted", "rejected", "offer_missed", "offer_withdrawn", "distributed", "assigned", "unassigned",
        "taken_back")  # fmt: skip


class HelpdeskDistributionExplanation(models.TransientModel):
    """Why did this ticket go to this agent? The ledger's rows about it, in words, the newest first."""

    _name = "helpdesk.distribution.explanation"
    _description = "Why This Agent?"

    ticket_id = fields.Many2one("helpdesk.ticket", required=True, readonly=True)
    explanation = fields.Html(compute="_compute_explanation", sanitize=False)

    @api.depends("ticket_id")
    def _compute_explanation(self):
        for wizard in self:
            wizard.ticket_id.check_access("read")
            # sudo: who may read the ticket may know how it came to its agent
            events = self.env["helpdesk.event"].sudo()
            rows = events.search([("ticket_id", "=", wizard.ticket_id.id), ("kind", "in", TOLD)], order="id desc")
            wizard.explanation = Markup("").join(wizard._tell(row) for row in rows) or self.env._(
                "The distribution has had nothing to do with this ticket yet."
            )

    def _tell(self, row):
        who = row.target_user_id.name or row.user_id.name
        details = row.description if row.kind in ("assigned", "unassigned") else row._describe_data()
        kind = row._fields["kind"].convert_to_export(row.kind, row)
        return Markup("<p><b>{} · {}</b> <span class='text-muted'>{}</span><br/>{}</p>").format(
            kind, who, format_datetime(self.env, row.date), details
        )
