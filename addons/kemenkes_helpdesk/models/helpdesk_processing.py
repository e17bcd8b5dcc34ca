from odoo import fields, models


class HelpdeskProcessing(models.Model):
    """The register of processing activities (UU 27/2022, article 31): which personal data is used, for what, how long.

    The addons bring the entries of what they do; an administrator keeps them true and adds what the organisation does
    beside.
    """

    _name = "helpdesk.processing"
    _description = "Processing of Personal Data"
    _inherit = ["mail.thread"]
    _order = "sequence, name"

    name = fields.Char("Activity", required=True, translate=True, tracking=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    purpose = fields.Text(required=True, translate=True, help="What the data is needed for.")
    legal_basis = fields.Selection(
        [
            ("consent", "Consent"),
            ("contract", "Contract"),
            ("legal_obligation", "Legal obligation"),
            ("vital_interest", "Vital interest"),
            ("public_task", "Public task"),
            ("legitimate_interest", "Legitimate interest"),
        ],
        required=True,
        tracking=True,
        help="UU 27/2022, article 20.",
    )
    subjects = fields.Char("Whose data", required=True, translate=True)
    categories = fields.Text("Which data", required=True, translate=True)
    has_specific_data = fields.Boolean(
        "Specific data", help="Health, biometric, genetic or financial data, of children: UU 27/2022, article 4."
    )
    source = fields.Char("Where it comes from", translate=True)
    recipients = fields.Text(translate=True, help="Who gets to see it, inside and outside.")
    transfer = fields.Text("Transfer abroad", translate=True, help="To which country, and how it is protected there.")
    retention = fields.Text("Kept for", required=True, translate=True, help="How long, and what happens then.")
    protection = fields.Text("How it is protected", translate=True)
    responsible_id = fields.Many2one("res.users", domain=[("share", "=", False)], tracking=True)
    review_date = fields.Date("Look at it again on", tracking=True)
    is_review_due = fields.Boolean(compute="_compute_is_review_due")

    def _compute_is_review_due(self):
        today = fields.Date.context_today(self)
        for processing in self:
            processing.is_review_due = bool(processing.review_date) and processing.review_date <= today
