from odoo import api, fields, models, tools
from odoo.fields import Domain

from .helpdesk_nda import OPEN_STATUSES

NDA_STATES = [
    ("free", "None needed"),
    ("missing", "Missing"),
    ("draft", "Not signed yet"),
    ("upcoming", "Begins later"),
    ("valid", "Valid"),
    ("ending", "Ends soon"),
    ("expired", "Expired"),
    ("revoked", "Revoked"),
]
# Of several agreements the one that says most about today.
MOST_TELLING = ("valid", "ending", "upcoming", "draft", "expired", "revoked")


class ResUsers(models.Model):
    """No valid agreement, no tickets: by no path, from the moment on when it ends (R8, R9)."""

    _inherit = "res.users"

    nda_ids = fields.One2many("helpdesk.nda", "user_id", "Confidentiality agreements")
    nda_id = fields.Many2one("helpdesk.nda", "Agreement", compute="_compute_nda", compute_sudo=True)
    nda_state = fields.Selection(
        NDA_STATES, "Confidentiality agreement", compute="_compute_nda", search="_search_nda_state", compute_sudo=True
    )
    nda_valid_to = fields.Date("Agreement valid until", compute="_compute_nda", compute_sudo=True)

    # RIGHTS

    def _is_admitted(self):
        return super()._is_admitted() and (not self._needs_nda() or self._has_valid_nda())

    def _needs_nda(self):
        """Whether the highest role that the account holds, by whatever way, is one that needs an agreement."""
        held = self._get_group_ids()
        for group_id, required in self.env["helpdesk.nda.rule"]._required_by_group():
            if group_id in held:
                return required
        return False

    def _has_valid_nda(self):
        now = self.env.cr.now()
        return any(start <= now < end for start, end in self._nda_windows())

    @tools.ormcache("self.id")
    def _nda_windows(self):
        """When the agreements of the account hold: tuple of ``(start, end)``, naive UTC."""
        # sudo: rights are being found out
        ndas = self.env["helpdesk.nda"].sudo().search([("user_id", "=", self.id), ("state", "=", "signed")])
        return tuple(nda._window() for nda in ndas)

    # LISTS

    @api.depends("nda_ids.state", "nda_ids.valid_from", "nda_ids.valid_to", "group_ids")
    def _compute_nda(self):
        by_user = self.env["helpdesk.nda"].search([("user_id", "in", self.ids)]).grouped("user_id")
        for user in self:
            ndas = by_user.get(user._origin, self.env["helpdesk.nda"])
            user.nda_id = ndas.sorted(lambda nda: MOST_TELLING.index(nda.status))[:1]
            user.nda_valid_to = user.nda_id.valid_to
            if user.nda_id.status in OPEN_STATUSES or user._needs_nda():
                user.nda_state = user.nda_id.status or "missing"
            else:
                user.nda_state = "free"

    @api.model
    def _search_nda_state(self, operator, value):
        """Over the accounts of the helpdesk, of which there are some hundreds."""
        if operator != "in":
            return NotImplemented
        # sudo: the state is read from agreements and groups
        accounts = self.sudo().with_context(active_test=False).search([("helpdesk_role", "!=", False)])
        return Domain("id", "in", accounts.filtered(lambda user: user.nda_state in value).ids)

    @api.model
    def _nda_overview(self, sites):
        """Everybody of the sites who needs an agreement, and the one they have: what Pusdatin is told (R8).

        :param sites: ``helpdesk.site``
        :return: ``res.users``, sudo, by name
        """
        # sudo: the page or file has checked that its reader is told of these sites
        accounts = self.sudo().search(
            [("helpdesk_role", "not in", (False, "pusdatin_viewer")), ("helpdesk_site_ids", "in", sites.ids)]
        )
        return accounts.filtered(lambda user: user.nda_state != "free").sorted(lambda user: user.name.casefold())

    # NOTICE

    @api.model
    def get_nda_notice(self):
        """What the account that asks should know about its own agreement.

        :return: ``{"state", "valid_to" (YYYY-MM-DD or False), "days_left", "nda_id"}``; ``{}``: nothing to say
        """
        user = self.env.user
        if user.nda_state in ("free", "valid"):
            return {}
        # sudo: an account's own agreement
        nda = user.sudo().nda_id
        return {
            "state": user.nda_state,
            "valid_to": nda.valid_to and fields.Date.to_string(nda.valid_to),
            "days_left": nda.days_left,
            "nda_id": nda.id,
        }
