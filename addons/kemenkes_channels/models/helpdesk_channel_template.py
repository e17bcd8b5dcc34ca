from odoo import api, fields, models
from odoo.exceptions import UserError

STATES = [
    ("approved", "Approved"),
    ("pending", "Waiting for approval"),
    ("rejected", "Rejected"),
    ("paused", "Paused"),
    ("disabled", "Disabled"),
    ("deleted", "Deleted"),
]


class HelpdeskChannelTemplate(models.Model):
    """A message text that the service has approved: the only words that reach a customer outside the window."""

    _name = "helpdesk.channel.template"
    _description = "Message Template of a Service"
    _order = "channel_id, name, language"

    channel_id = fields.Many2one("helpdesk.channel", required=True, readonly=True, ondelete="cascade")
    name = fields.Char(required=True, readonly=True)
    language = fields.Char(readonly=True)
    external_id = fields.Char(readonly=True)
    category = fields.Char(readonly=True)
    state = fields.Selection(STATES, required=True, readonly=True)
    header = fields.Char(readonly=True)
    body = fields.Text(readonly=True)
    footer = fields.Char(readonly=True)
    parameters = fields.Json(readonly=True, help="The places of the body in order.")
    parameter_count = fields.Integer("Values to fill in", compute="_compute_parameter_count")
    reason = fields.Char("Reason of the service", readonly=True)
    active = fields.Boolean(default=True)

    _name_unique = models.UniqueIndex("(channel_id, name, language)", "This template stands there already.")

    @api.depends("parameters")
    def _compute_parameter_count(self):
        for template in self:
            template.parameter_count = len(template.parameters or [])

    @api.model
    def _keep(self, channel, records):
        """Take over templates as the service has them; news that bring only a state leave the words alone.

        :param channel: ``helpdesk.channel``
        :param records: :class:`records.Template`
        :return: the rows
        """
        rows = self.with_context(active_test=False).search([("channel_id", "=", channel.id)])
        known = {(row.name, row.language or ""): row for row in rows}
        kept = self.browse()
        for record in records:
            values = self._prepare_template(record)
            row = known.get((record.name, record.language))
            if row:
                row.write(values)
            else:
                row = self.create(
                    {"channel_id": channel.id, "name": record.name, "language": record.language, **values}
                )
            kept |= row
        return kept

    @api.model
    def _prepare_template(self, record):
        state = record.state if record.state in dict(STATES) else "pending"
        values = {"state": state, "active": state != "deleted", "reason": record.reason or False}
        words = {
            "external_id": record.external_id,
            "category": record.category,
            "header": record.header,
            "body": record.body,
            "footer": record.footer,
        }
        values.update({name: value for name, value in words.items() if value})
        if record.body:
            values["parameters"] = list(record.parameters)
        return values

    def _prepare_sending(self, values):
        """The template with its values, as it goes into the outbox.

        :param dict values: words by parameter
        """
        values = values if isinstance(values, dict) else {}
        return {
            "name": self.name,
            "language": self.language or "",
            "parameters": [[name, str(values.get(name) or "").strip()[:1000]] for name in self.parameters or []],
        }

    def _render(self, values):
        """What the customer reads: the body with its values.

        :raise UserError: a value is missing
        """
        text = self.body or ""
        for name, value in self._prepare_sending(values)["parameters"]:
            if not value:
                raise UserError(self.env._("Fill in every value of the template."))
            text = text.replace(f"{{{{{name}}}}}", value)
        return "\n".join(filter(None, (self.header, text, self.footer)))

    def _to_browser(self):
        return [
            {
                "id": template.id,
                "name": template.name,
                "language": template.language or "",
                "header": template.header or "",
                "body": template.body or "",
                "footer": template.footer or "",
                "parameters": template.parameters or [],
            }
            for template in self
        ]
