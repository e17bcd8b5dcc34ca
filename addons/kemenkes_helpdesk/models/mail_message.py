from odoo import api, fields, models
from odoo.tools.mail import generate_tracking_message_id

DIRECTIONS = [("in", "From the customer"), ("out", "From an agent"), ("auto", "Automatic")]


class MailMessage(models.Model):
    _inherit = "mail.message"

    helpdesk_channel_id = fields.Many2one("helpdesk.channel", "Helpdesk channel", index="btree_not_null")
    helpdesk_direction = fields.Selection(DIRECTIONS, "Helpdesk direction")

    @api.model
    def _get_message_id(self, values):
        """Messages on a ticket carry its signed token, so that an answer finds it whatever else is lost."""
        if values.get("model") != "helpdesk.ticket" or not values.get("res_id"):
            return super()._get_message_id(values)
        ticket = self.env["helpdesk.ticket"].browse(values["res_id"])
        return generate_tracking_message_id(ticket._reply_token())
