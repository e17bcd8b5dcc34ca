from odoo import api, fields, models
from odoo.exceptions import ValidationError

TIERS = [("1", "L1"), ("2", "L2 (Pusdatin)"), ("3", "L3 (product team)")]


class HelpdeskTeam(models.Model):
    _name = "helpdesk.team"
    _description = "Helpdesk Team"
    _inherit = ["mail.thread", "helpdesk.event.membership.mixin", "helpdesk.access.mixin"]
    _access_users_field = "member_ids"
    _order = "sequence, name"
    _ledger_memberships = ("member_ids",)

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer()
    site_id = fields.Many2one("helpdesk.site", required=True, index=True, default=lambda self: self._default_site())
    tier = fields.Selection(TIERS, required=True, default="1")
    user_id = fields.Many2one("res.users", "Team leader")
    member_ids = fields.Many2many(
        "res.users",
        "helpdesk_team_user_rel",
        "team_id",
        "user_id",
        string="Members",
        domain=lambda self: self._member_domain(),
    )
    product_ids = fields.Many2many(
        "helpdesk.product", "helpdesk_team_product_rel", "team_id", "product_id", string="Products"
    )
    escalation_team_ids = fields.Many2many(
        "helpdesk.team",
        "helpdesk_team_escalation_rel",
        "team_id",
        "escalation_team_id",
        string="Escalates to",
    )
    escalation_notice = fields.Selection(
        [
            ("silent", "Only the counter of the escalation inbox"),
            ("screen", "Notice on the members' screens"),
            ("message", "Notice on screens, and a message that gathers what came in"),
        ],
        "Notice of escalations",
        required=True,
        default="screen",
    )
    stage_ids = fields.Many2many(
        "helpdesk.stage", "helpdesk_team_stage_rel", "team_id", "stage_id", string="Own stages"
    )
    properties_definition = fields.PropertiesDefinition("Ticket properties")
    calendar_id = fields.Many2one("resource.calendar", "Working hours")
    duplicate_hours = fields.Integer(
        "Propose duplicates within (hours)",
        default=72,
        help="Tickets that came in so many hours before or after are compared. 0: none are proposed.",
    )

    _duplicate_hours_positive = models.Constraint(
        "CHECK(duplicate_hours >= 0)", "The hours within which duplicates are proposed can't be negative."
    )

    @api.constrains("tier", "escalation_team_ids")
    def _check_escalates_upwards(self):
        """Hand-overs only go up, so that no ticket is handed round in a circle."""
        # sudo: a team may be set to escalate to one that the supervisor does not see
        above = self.sudo().with_context(active_test=False)
        for team in above | above.search([("escalation_team_ids", "in", self.ids)]):
            for other in team.escalation_team_ids.filtered(lambda other, team=team: other.tier <= team.tier):
                raise ValidationError(team._describe_circle(other))

    def _describe_circle(self, other):
        tiers = dict(self._fields["tier"]._description_selection(self.env))
        return self.env._(
            "%(team)s (%(tier)s) can't escalate to %(other)s (%(other_tier)s): tickets go to a higher tier only,"
            " otherwise they would be handed round in a circle.",
            team=self.name,
            tier=tiers[self.tier],
            other=other.name,
            other_tier=tiers[other.tier],
        )

    @api.model
    def _member_domain(self):
        """Employees, and Pusdatin's viewers, who take escalations without a seat."""
        viewers = self.env.ref("kemenkes_helpdesk.group_pusdatin_viewer")
        return ["|", ("share", "=", False), ("all_group_ids", "in", viewers.ids)]

    @api.model
    def _default_site(self):
        return self.env["helpdesk.site"].search([], limit=1)
