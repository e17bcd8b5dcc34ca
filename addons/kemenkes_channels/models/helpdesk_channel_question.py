from odoo import api, fields, models
from odoo.exceptions import ValidationError

# The ticket's number and the link.
MOST_VALUES = 2


class HelpdeskChannel(models.Model):
    """By which approved text customers are asked who have not written for too long."""

    _inherit = "helpdesk.channel"

    question_template_id = fields.Many2one(
        "helpdesk.channel.template",
        "Template of questions",
        domain="[('channel_id', '=', id), ('state', '=', 'approved')]",
        ondelete="set null",
        copy=False,
        help="Asks for satisfaction when the customer has not written for too long. Its values are the ticket's number"
        " and the link, in this order. Without one such customers are not asked.",
    )

    @api.constrains("question_template_id")
    def _check_question_template(self):
        for channel in self.filtered("question_template_id"):
            template = channel.question_template_id
            if template.channel_id != channel:
                raise ValidationError(self.env._("This template belongs to another channel."))
            if template.parameter_count > MOST_VALUES:
                raise ValidationError(
                    self.env._(
                        "%s has more values than a question fills in: the ticket's number and the link.", template.name
                    )
                )
