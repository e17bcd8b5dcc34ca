from odoo import fields, models

DIRECTIONS = [("in", "From the customer"), ("out", "From an agent"), ("auto", "Automatic")]


class MailMessage(models.Model):
    _inherit = "mail.message"

    helpdesk_channel_id = fields.Many2one("helpdesk.channel", "Helpdesk channel", index="btree_not_null")
    helpdesk_direction = fields.Selection(DIRECTIONS, "Helpdesk direction")
