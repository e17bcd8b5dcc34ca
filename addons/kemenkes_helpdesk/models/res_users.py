from odoo import fields, models


class ResUsers(models.Model):
    _inherit = "res.users"

    helpdesk_product_ids = fields.Many2many(
        "helpdesk.product", "helpdesk_product_user_rel", "user_id", "product_id", string="Products with access"
    )
    helpdesk_site_ids = fields.Many2many(
        "helpdesk.site", "helpdesk_site_user_rel", "user_id", "site_id", string="Sites with access"
    )
    helpdesk_team_ids = fields.Many2many(
        "helpdesk.team", "helpdesk_team_user_rel", "user_id", "team_id", string="Helpdesk teams"
    )
