from odoo import api, fields, models
from odoo.exceptions import ValidationError

# What a status means, whatever its label: the distribution, the floor and the reports look at the kind and the flags.
AGENT_STATUS_KINDS = [
    ("ready", "Ready"),
    ("busy", "Busy"),
    ("wrap_up", "Wrap-up"),
    ("break", "Break"),
    ("training", "Training"),
    ("coaching", "Coaching"),
    ("away", "Away"),
    ("offline", "Offline"),
]
PRODUCTIVE_KINDS = ("ready", "busy", "wrap_up", "training", "coaching")
# The system puts agents into these by itself, so one of each must exist.
INDISPENSABLE_KINDS = ("ready", "away", "offline")
# Work can't begin or go on in it.
OFFLINE = "offline"


class HelpdeskAgentStatus(models.Model):
    """What agents may say of themselves (R23.b.1, R24.b, R25.a.2); labels and reasons are for supervisors to choose."""

    _name = "helpdesk.agent.status"
    _description = "Agent Status"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    kind = fields.Selection(AGENT_STATUS_KINDS, required=True, default="break")
    icon = fields.Char(help="Name of a Font Awesome 4 icon, such as fa-coffee.")
    color = fields.Integer()
    is_available = fields.Boolean(
        "Gets new work", compute="_compute_flags", store=True, readonly=False, precompute=True
    )
    is_productive = fields.Boolean(
        "Counts as work",
        compute="_compute_flags",
        store=True,
        readonly=False,
        precompute=True,
        help="Counted as productive time in the activity report.",
    )
    is_selectable = fields.Boolean(
        "Agents choose it",
        compute="_compute_flags",
        store=True,
        readonly=False,
        precompute=True,
        help="Otherwise only the system and supervisors set it.",
    )
    needs_reason = fields.Boolean("Asks for a reason")
    reason_ids = fields.One2many("helpdesk.agent.reason", "status_id", "Reasons")

    @api.depends("kind")
    def _compute_flags(self):
        for status in self:
            status.is_available = status.kind == "ready"
            status.is_productive = status.kind in PRODUCTIVE_KINDS
            status.is_selectable = status.kind not in ("away", OFFLINE)

    @api.constrains("kind", "is_available")
    def _check_available(self):
        for status in self:
            if status.is_available and status.kind in ("away", OFFLINE):
                raise ValidationError(self.env._("Who is away or offline can't get new work."))

    @api.constrains("needs_reason", "reason_ids")
    def _check_reasons(self):
        for status in self:
            if status.needs_reason and not status.reason_ids:
                raise ValidationError(self.env._("%s asks for a reason: name at least one.", status.name))

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"active", "kind"}:
            self._check_indispensable()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_indispensable(self):
        self._check_indispensable(self)

    @api.model
    def _check_indispensable(self, leaving=None):
        """:raise ValidationError: no status is left of a kind that the system needs"""
        left = set((self.search([]) - (leaving or self.browse())).mapped("kind"))
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for kind in INDISPENSABLE_KINDS:
            if kind not in left:
                raise ValidationError(self.env._("At least one status must have the meaning %s.", labels[kind]))

    @api.model
    def _get_by_kind(self, kind):
        """The first status of a kind.

        :param str kind: a key of AGENT_STATUS_KINDS
        :return: one ``helpdesk.agent.status``, or none
        """
        return self.search([("kind", "=", kind)], limit=1)

    @api.model
    def _to_choose(self):
        """Statuses for the menu of an agent, with their reasons, in the agent's language."""
        return [
            {
                "id": status.id,
                "name": status.name,
                "kind": status.kind,
                "icon": status.icon or "fa-circle",
                "color": status.color,
                "needs_reason": status.needs_reason,
                "reasons": [{"id": reason.id, "name": reason.name} for reason in status.reason_ids],
            }
            for status in self.search([("is_selectable", "=", True)])
        ]
