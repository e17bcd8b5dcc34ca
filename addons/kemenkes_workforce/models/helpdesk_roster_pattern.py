from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import rotation


class HelpdeskRosterPattern(models.Model):
    """A rotation that agents follow one after the other: shifts and days off in turn (R3)."""

    _name = "helpdesk.roster.pattern"
    _description = "Rotation Pattern"
    _order = "site_id, name"

    name = fields.Char(required=True, translate=True)
    site_id = fields.Many2one(
        "helpdesk.site", required=True, index=True, default=lambda self: self.env.user.helpdesk_site_ids[:1]
    )
    cycle = fields.Char(
        "Rotation",
        required=True,
        help="Codes of shifts, one for each day, a hyphen for a day off; for example: P P S S M - -",
    )
    days = fields.Integer(compute="_compute_days")
    active = fields.Boolean(default=True)

    @api.depends("cycle")
    def _compute_days(self):
        for pattern in self:
            pattern.days = len(rotation.read_cycle(pattern.cycle))

    @api.constrains("cycle", "site_id")
    def _check_cycle(self):
        for pattern in self:
            codes = rotation.read_cycle(pattern.cycle)
            known = set(pattern.site_id.shift_ids.mapped("code"))
            unknown = [code for code in codes if code != rotation.DAY_OFF and code not in known]
            if unknown:
                raise ValidationError(
                    self.env._(
                        "%(site)s has no shift with the code %(code)s; its codes are %(codes)s, and a hyphen is a day"
                        " off.",
                        site=pattern.site_id.name,
                        code=unknown[0],
                        codes=", ".join(sorted(known)) or "-",
                    )
                )
            if not set(codes) - {rotation.DAY_OFF}:
                raise ValidationError(self.env._("A rotation has at least one shift."))

    def _plain_cycle(self):
        """:return: list of :class:`~..tools.rotation.Shift`, None for days off"""
        self.ensure_one()
        shifts = {
            shift.code: rotation.Shift(shift.id, shift.start_hour, shift.hours, shift.maximum_agents)
            for shift in self.site_id.shift_ids
        }
        return [shifts.get(code) for code in rotation.read_cycle(self.cycle)]
