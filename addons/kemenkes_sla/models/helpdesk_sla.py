from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.kemenkes_helpdesk.models.helpdesk_team import TIERS
from odoo.addons.kemenkes_helpdesk.models.helpdesk_ticket import PRIORITIES

from ..tools import clock

TARGETS = [
    (clock.FIRST_RESPONSE, "First response"),
    (clock.NEXT_RESPONSE, "Next response"),
    (clock.FIRST_TOUCH, "First touch resolution"),
    (clock.TIER_RESOLUTION, "Resolution of the tier"),
    (clock.FULL_RESOLUTION, "Full resolution"),
]
ATTAINMENT_DAYS = 30

# Condition in a definition -> field of the policy.
CONDITIONS = {
    "site": "site_ids",
    "product": "product_ids",
    "channel": "channel_ids",
    "team": "team_ids",
    "category": "category_ids",
    "tags": "tag_ids",
    "customer_group": "partner_category_ids",
}


class HelpdeskSla(models.Model):
    """A promise: for which tickets, what, within how much time, by which hours (R14)."""

    _name = "helpdesk.sla"
    _description = "SLA Policy"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10, help="For each target the first policy that fits a ticket decides.")
    active = fields.Boolean("Switched on", default=False)
    description = fields.Text(translate=True)

    target = fields.Selection(TARGETS, required=True, default=clock.FIRST_RESPONSE)
    minutes = fields.Integer("Time in minutes", required=True)
    hours = fields.Selection(
        [
            ("always", "Around the clock"),
            ("site", "Working hours of the site"),
            ("calendar", "Working hours of a calendar"),
        ],
        "Counted",
        required=True,
        default="always",
        help="Working hours are those of the site's time zone.",
    )
    calendar_id = fields.Many2one(
        "resource.calendar", domain="[('flexible_hours', '=', False)]", ondelete="restrict", index="btree_not_null"
    )
    pause_waiting_customer = fields.Boolean("Pauses while waiting for the customer", default=True)
    pause_waiting_internal = fields.Boolean("Pauses while waiting for somebody inside")
    goal = fields.Float("Goal in percent", default=99, help="Share of the tickets that shall be in time.")
    warning_ids = fields.One2many("helpdesk.sla.warning", "sla_id", "Warnings", copy=True)

    site_ids = fields.Many2many("helpdesk.site", string="Sites")
    product_ids = fields.Many2many("helpdesk.product", string="Products")
    channel_ids = fields.Many2many("helpdesk.channel", string="Channels")
    team_ids = fields.Many2many("helpdesk.team", string="Teams")
    tier = fields.Selection(TIERS)
    category_ids = fields.Many2many("helpdesk.category", string="Categories", help="With all that are below them.")
    priority = fields.Selection(PRIORITIES)
    tag_ids = fields.Many2many("helpdesk.tag", string="Tags", help="A ticket with any of them.")
    partner_category_ids = fields.Many2many(
        "res.partner.category", string="Customer groups", help="A customer with any of these contact tags."
    )

    version_ids = fields.One2many("helpdesk.sla.version", "sla_id", "Versions")
    reached_count = fields.Integer("Met", compute="_compute_attainment", help="In the last 30 days.")
    failed_count = fields.Integer("Breached", compute="_compute_attainment", help="In the last 30 days.")
    attainment = fields.Float(
        "Attainment in percent", compute="_compute_attainment", help="Of the last 30 days; excused breaches left out."
    )
    is_below_goal = fields.Boolean(compute="_compute_attainment")

    _minutes_positive = models.Constraint("CHECK(minutes > 0)", "The time of a policy must be longer than nothing.")
    _goal_percent = models.Constraint(
        "CHECK(goal > 0 AND goal <= 100)", "The goal is a share: more than 0, at most 100."
    )

    @api.depends_context("uid")
    def _compute_attainment(self):
        since = fields.Datetime.subtract(fields.Datetime.now(), days=ATTAINMENT_DAYS)
        domain = [("sla_id", "in", self.ids), ("date", ">=", since)]
        counts = self.env["helpdesk.sla.attainment"]._counts(domain, "sla_id")
        for sla in self:
            met, breached, _excused, attainment = counts.get(sla, (0, 0, 0, None))
            sla.reached_count, sla.failed_count = met, breached
            sla.attainment = attainment or 0
            sla.is_below_goal = attainment is not None and attainment < sla.goal

    # CONSTRAINTS

    @api.constrains("hours", "calendar_id")
    def _check_calendar(self):
        for sla in self.filtered(lambda sla: sla.hours == "calendar"):
            if not sla.calendar_id:
                raise ValidationError(self.env._("Choose the calendar by which %s is counted.", sla.name))
            if not sla.calendar_id._has_fixed_hours():
                raise ValidationError(
                    self.env._(
                        "%(calendar)s has no working hours, so %(policy)s would never be due.",
                        calendar=sla.calendar_id.name,
                        policy=sla.name,
                    )
                )

    @api.constrains("target", "tier")
    def _check_tier(self):
        for sla in self:
            if sla.target == clock.TIER_RESOLUTION and not sla.tier:
                raise ValidationError(self.env._("Say of which tier %s promises the resolution.", sla.name))

    # CRUD

    @api.model_create_multi
    def create(self, vals_list):
        policies = super().create(vals_list)
        policies._save_versions()
        return policies

    def write(self, vals):
        result = super().write(vals)
        self._save_versions()
        return result

    @api.ondelete(at_uninstall=False)
    def _check_unused(self):
        # sudo: whether it is used doesn't depend on what the account sees
        if used := self.sudo().filtered("version_ids.status_ids"):
            raise UserError(
                self.env._(
                    "%s has clocks in the past, which stay. Switch it off instead.", ", ".join(used.mapped("name"))
                )
            )

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    # VERSIONS

    def _definition(self):
        """What decides about clocks, as codes and numbers."""
        conditions = {name: sorted(self[field].ids) for name, field in CONDITIONS.items() if self[field]}
        if self.tier:
            conditions["tier"] = [int(self.tier)]
        if self.priority:
            conditions["priority"] = [self.priority]
        pauses = [kind for kind in ("waiting_customer", "waiting_internal") if self[f"pause_{kind}"]]
        return {
            "sequence": self.sequence,
            "target": self.target,
            "seconds": self.minutes * 60,
            "hours": self.calendar_id.id if self.hours == "calendar" else self.hours,
            "pauses": pauses,
            "warnings": sorted(self.warning_ids.mapped("percent")),
            "conditions": conditions,
        }

    def _live_definition(self):
        """The definition of a policy that is switched on, else None."""
        return self._definition() if self.active else None

    def _save_versions(self):
        """Where a policy says something else than its last version, that becomes the next version, from now on."""
        # sudo: versions are written by the system only
        changed = self.sudo().filtered(lambda sla: sla._live_definition() != (sla._last_version().definition or None))
        versions = self.env["helpdesk.sla.version"].sudo()
        for sla in changed:
            versions |= sla._last_version()._follow(sla)
        if versions:
            versions._log()
            if off := versions.filtered(lambda version: not version.definition):
                off._take_off()
            self.env.registry.clear_cache()

    def _last_version(self):
        return self.version_ids.sorted("number")[-1:]

    @api.model
    def _promise_since_days(self, days):
        """Let all live policies govern the tickets of the last ``days`` days; used where a history is taken over."""
        since = fields.Datetime.subtract(fields.Datetime.now(), days=days)
        versions = self.search([("active", "=", True)]).version_ids
        # what somebody has changed since then is for newer tickets
        versions.filtered(lambda version: version.number == 1).valid_from = since
        self.env["helpdesk.sla.version"]._refresh(self.env["helpdesk.ticket"].search([("create_date", ">=", since)]))

    # ACTIONS

    def action_apply(self):
        """Ask to which older tickets the policy shall apply.

        :return: an action
        """
        self.ensure_one()
        if not self.active:
            raise UserError(self.env._("Switch %s on first.", self.name))
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("kemenkes_sla.helpdesk_sla_apply_action"),
            "context": {"default_sla_id": self.id},
        }

    def action_try(self):
        """Show what the policy would have given in the last 30 days.

        :return: an action
        """
        self.ensure_one()
        return self.env["helpdesk.sla.try"].create({"sla_id": self.id})._run()

    def action_open_clocks(self):
        """The clocks under this policy.

        :return: an action
        """
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("kemenkes_sla.helpdesk_sla_status_action"),
            "domain": [("sla_id", "=", self.id)],
            "context": {},
        }
