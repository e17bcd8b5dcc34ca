from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    helpdesk_identity_ids = fields.One2many("helpdesk.identity", "partner_id", "Identities")
