from odoo import api, fields, models

# What a stage means, whatever its label: clocks, figures and rules look at the kind only.
STAGE_KINDS = [
    ("new", "New"),
    ("open", "Open"),
    ("waiting_customer", "Waiting for the customer"),
    ("waiting_internal", "Waiting for somebody inside"),
    ("solved", "Solved"),
    ("closed", "Closed"),
]
OPEN_KINDS = ("new", "open", "waiting_customer", "waiting_internal")
DONE_KINDS = ("solved", "closed")


class HelpdeskStage(models.Model):
    _name = "helpdesk.stage"
    _description = "Helpdesk Stage"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    kind = fields.Selection(STAGE_KINDS, required=True, default="open")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    fold = fields.Boolean("Folded in kanban")
    description = fields.Text(translate=True)
    team_ids = fields.Many2many(
        "helpdesk.team",
        "helpdesk_team_stage_rel",
        "stage_id",
        "team_id",
        string="Teams",
        help="Leave empty for a stage of every team.",
    )

    @api.model
    def _get_by_kind(self, kind):
        """The first stage of a kind that every team has, else the first of that kind.

        :param str kind: a key of STAGE_KINDS
        :return: one ``helpdesk.stage`` or none
        """
        stages = self.search([("kind", "=", kind)])
        return stages.filtered(lambda stage: not stage.team_ids)[:1] or stages[:1]
