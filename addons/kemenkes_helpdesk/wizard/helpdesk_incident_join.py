from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.helpdesk_stage import DONE_KINDS

DEFAULT_HOURS = 6


class HelpdeskIncidentJoin(models.TransientModel):
    """Make tickets part of a mass incident: a new one, or one that is there; what else belongs to it is proposed."""

    _name = "helpdesk.incident.join"
    _description = "Mass Incident"

    ticket_ids = fields.Many2many("helpdesk.ticket", "helpdesk_incident_join_ticket_rel", string="Tickets")
    mode = fields.Selection(
        [("existing", "Add to an open incident"), ("new", "Open a new incident")], required=True, default="existing"
    )
    can_open = fields.Boolean(compute="_compute_can_open")
    incident_id = fields.Many2one(
        "helpdesk.ticket",
        domain="[('is_incident', '=', True), ('stage_kind', '!=', 'closed'), ('merged_into_id', '=', False)]",
    )
    name = fields.Char("What has happened")
    product_id = fields.Many2one("helpdesk.product")
    category_id = fields.Many2one("helpdesk.category")
    team_id = fields.Many2one("helpdesk.team")
    notice = fields.Char("Notice on the web form", groups="kemenkes_helpdesk.group_supervisor")
    hours = fields.Integer("Look for similar ones of the last (hours)", required=True, default=DEFAULT_HOURS)
    similar_ids = fields.Many2many(
        "helpdesk.ticket",
        "helpdesk_incident_join_similar_rel",
        string="Similar tickets",
        compute="_compute_similar_ids",
        store=True,
        readonly=False,
    )
    similar_count = fields.Integer("Number of similar tickets", compute="_compute_similar_count")
    add_similar = fields.Boolean("Add them too")

    _hours_positive = models.Constraint("CHECK(hours > 0)", "Look back at least one hour.")

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        if self.env.context.get("active_model") != "helpdesk.ticket":
            return values
        chosen = self.env["helpdesk.ticket"].browse(self.env.context.get("active_ids", []))
        incident = chosen.filtered("is_incident")[:1]
        tickets = chosen - chosen.filtered("is_incident")
        values["ticket_ids"] = [fields.Command.set(tickets.ids)]
        return {**values, **self._propose(tickets, incident)}

    @api.model
    def _propose(self, tickets, incident):
        """The incident that is meant, else the open one of the same product, else a new one."""
        product = tickets.product_id if len(tickets.product_id) == 1 else tickets.product_id.browse()
        incident = incident or tickets.search(
            [("is_incident", "=", True), ("product_id", "=", product.id), ("stage_kind", "not in", DONE_KINDS)], limit=1
        )
        return {
            "mode": "existing" if incident or not self._may_open() else "new",
            "incident_id": incident.id,
            "name": tickets[:1].name if len(tickets) == 1 else False,
            "product_id": product.id,
            "category_id": tickets.category_id.id if len(tickets.category_id) == 1 else False,
            "team_id": tickets[:1].team_id.id,
        }

    @api.model
    def _may_open(self):
        return self.env.user.has_group("kemenkes_helpdesk.group_team_leader")

    def _compute_can_open(self):
        self.can_open = self._may_open()

    @api.depends("hours", "ticket_ids", "incident_id", "mode")
    def _compute_similar_ids(self):
        for wizard in self:
            wizard.similar_ids = wizard._similar_to()._find_similar(wizard.hours or DEFAULT_HOURS) - wizard._tickets()

    @api.depends("similar_ids")
    def _compute_similar_count(self):
        for wizard in self:
            wizard.similar_count = len(wizard.similar_ids)

    def _tickets(self):
        return self.ticket_ids._origin

    def _similar_to(self):
        """What the proposals are like: the chosen tickets, else the incident and the latest tickets in it."""
        if tickets := self._tickets():
            return tickets
        incident = self.incident_id._origin
        return incident | incident.search([("parent_id", "in", incident.ids)], limit=5)

    def action_confirm(self):
        """Make the tickets part of the incident, and open it.

        :return: an action
        :raise UserError: no ticket or no incident was chosen, or as in ``join_incident``
        :raise AccessError: an agent opens an incident
        """
        tickets = self.ticket_ids | (self.similar_ids if self.add_similar else self.ticket_ids.browse())
        if not tickets:
            raise UserError(self.env._("Choose tickets, or add the similar ones."))
        incident = self._open_incident() if self.mode == "new" else self.incident_id
        if not incident:
            raise UserError(self.env._("Choose the incident."))
        tickets.join_incident(incident)
        return incident._action_open()

    def _open_incident(self):
        if not self.name or not self.team_id:
            raise UserError(self.env._("Say what has happened, and which team looks after the incident."))
        values = {
            "name": self.name,
            "is_incident": True,
            "product_id": self.product_id.id,
            "category_id": self.category_id.id,
            "team_id": self.team_id.id,
            "user_id": self.env.uid,
            "priority": "3",
        }
        if self.env.user.has_group("kemenkes_helpdesk.group_supervisor"):
            values["incident_notice"] = self.notice
        return self.env["helpdesk.ticket"].create(values)
