from odoo import fields, models


class HelpdeskProduct(models.Model):
    """What agents fill in before they solve a ticket about the product."""

    _inherit = "helpdesk.product"

    wrap_up_customer = fields.Boolean("Customer")
    wrap_up_category = fields.Boolean("Category")
    wrap_up_tags = fields.Boolean("At least one tag")
    wrap_up_answer = fields.Boolean("An answer to the customer")
    wrap_up_properties = fields.Boolean("All fields of the team's own")
