from odoo import api, fields, models

from odoo.addons.kemenkes_helpdesk.models.helpdesk_channel import CHANNEL_KINDS

from ..tools.distribution import Limit

# Tickets that somebody wrote by hand are worked on like mails.
NO_CHANNEL = "email"


class HelpdeskCapacity(models.Model):
    """How much of a kind of channel an agent can have at once (R24.c, R25.b.2); a row without an agent is for all.

    Counted are open tickets whose customer is not the one to act, and open offers; where somebody waits on the line
    also those that were answered a moment ago. A chat and its ticket are one. What an agent takes by hand, or gets from
    a supervisor, may go beyond.
    """

    _name = "helpdesk.capacity"
    _description = "Capacity"
    _order = "channel_kind, user_id desc"
    _rec_name = "channel_kind"

    channel_kind = fields.Selection(CHANNEL_KINDS, "Kind of channel", required=True)
    user_id = fields.Many2one("res.users", "Agent", ondelete="cascade", domain=[("share", "=", False)], index=True)
    maximum = fields.Integer("At once", required=True, default=1)
    weight = fields.Integer(
        "Weight (%)", required=True, default=100, help="Share of an agent's attention that one takes; all within 100."
    )
    is_live = fields.Boolean(
        "Somebody waits on the line",
        help="Work without anybody on the line, such as e-mails, leaves room for it; it leaves none for them.",
    )

    _kind_unique = models.UniqueIndex(
        "(channel_kind, COALESCE(user_id, 0))", "This kind of channel has a capacity already."
    )
    _maximum_positive = models.Constraint("CHECK(maximum >= 0)", "The number at once can't be negative.")
    _weight_share = models.Constraint("CHECK(weight BETWEEN 0 AND 100)", "A weight is a share between 0 and 100 %.")

    @api.depends("channel_kind", "user_id")
    def _compute_display_name(self):
        kinds = dict(self._fields["channel_kind"]._description_selection(self.env))
        for capacity in self:
            parts = [kinds.get(capacity.channel_kind), capacity.user_id.name]
            capacity.display_name = " · ".join(filter(None, parts))

    @api.model_create_multi
    def create(self, vals_list):
        capacities = super().create(vals_list)
        self.env["helpdesk.distribution"]._wake()
        return capacities

    def write(self, vals):
        result = super().write(vals)
        self.env["helpdesk.distribution"]._wake()
        return result

    @api.model
    def _limits(self, user_ids):
        """What each of these agents can have.

        :return: ``{user id: {kind: Limit}}``; a kind without a row is not for anybody
        """
        rows = self.search([("user_id", "in", [False, *user_ids])])
        shared = {row.channel_kind: row._as_limit() for row in rows if not row.user_id}
        own = {user_id: dict(shared) for user_id in user_ids}
        for row in rows:
            if row.user_id:
                own[row.user_id.id][row.channel_kind] = row._as_limit()
        return own

    def _as_limit(self):
        return Limit(self.maximum, self.weight, self.is_live)
