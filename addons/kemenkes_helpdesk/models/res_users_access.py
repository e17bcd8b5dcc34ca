from odoo import api, models
from odoo.fields import Domain


class ResUsers(models.Model):
    """Which tickets an account may see (R27.a.3)."""

    _inherit = "res.users"

    @api.model
    def _get_invalidation_fields(self):
        # the ids in these lists are part of the cached record rules
        return super()._get_invalidation_fields() | {
            "helpdesk_product_ids",
            "helpdesk_site_ids",
            "helpdesk_team_ids",
        }

    def _is_admitted(self):
        """Whether the account may see tickets at all, at this moment; its lists say which.

        Addons refuse here, for instance an agent without a valid agreement. The answer may change with the time of the
        transaction: it is part of the key by which record rules are cached, and asked each time rights are. So an
        answer must come from a cache of its own, and must not ask for rights.
        """
        self.ensure_one()
        return True

    def _admitted(self):
        """The accounts among these that may see tickets now: who is shut out is told of none either."""
        return self.filtered(lambda user: user._is_admitted())

    def _helpdesk_ticket_domain(self):
        """The tickets that the lists of this account open; every record rule of the helpdesk is made of it.

        A ticket is seen by the agent it is assigned to, and by those who have its product (or it has none) and its site
        or team. The lists stand in the domain as ids, not as a sub-query, so that PostgreSQL knows how many
        tickets they stand for and takes the index that fits.

        :return: ``Domain`` on ``helpdesk.ticket``
        """
        self.ensure_one()
        if not self._is_admitted():
            return Domain.FALSE
        return Domain("user_id", "=", self.id) | self._helpdesk_list_domain()

    def _helpdesk_event_domain(self):
        """The ledger rows that the lists open: they carry product, site, team as they were; accounts' rows have none.

        :return: ``Domain`` on ``helpdesk.event``
        """
        self.ensure_one()
        if not self._is_admitted():
            return Domain.FALSE
        return Domain("ticket_id", "=", False) | self._helpdesk_list_domain()

    def _helpdesk_every_domain(self):
        """For the roles that have no lists: whatever there is, unless the account is shut out.

        :return: ``Domain`` on any model
        """
        self.ensure_one()
        return Domain.TRUE if self._is_admitted() else Domain.FALSE

    def _helpdesk_list_domain(self):
        if not self._is_admitted():
            return Domain.FALSE
        # archived products, sites and teams keep their tickets
        user = self.with_context(active_test=False)
        return Domain("product_id", "in", [False, *user.helpdesk_product_ids.ids]) & (
            Domain("site_id", "in", user.helpdesk_site_ids.ids) | Domain("team_id", "in", user.helpdesk_team_ids.ids)
        )

    def _personal_data_clearance(self):
        """How much of customers' personal data this account sees.

        :return: "all": customers themselves, the machine, and who holds the right to see it unmasked; "ask": agents and
            those above them see texts, and handles after asking; "none": other roles, and nobody yet as on the page
            where one logs in, see it masked
        """
        if not self:
            return "none"
        self.ensure_one()
        if self.id == api.SUPERUSER_ID or self.has_group("kemenkes_helpdesk.group_personal_data"):
            return "all"
        if self.has_group("kemenkes_helpdesk.group_agent"):
            return "ask"
        if self.has_group("kemenkes_helpdesk.group_user") or self.has_group("kemenkes_helpdesk.group_pusdatin_viewer"):
            return "none"
        return "all"
