from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Merging customers: their handles, tickets and messages follow by foreign key."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """One person with two addresses is the usual case here, not a mistake."""
        if self.env.user.has_group("kemenkes_helpdesk.group_team_leader"):
            extra_checks = False
        return super()._merge(partner_ids, dst_partner, extra_checks)

    def _update_foreign_keys(self, src_partners, dst_partner):
        self._keep_handles(src_partners)
        self._note_merge(src_partners, dst_partner)
        return super()._update_foreign_keys(src_partners, dst_partner)

    def _keep_handles(self, src_partners):
        """The address that vanishes with a merged customer still leads to the survivor."""
        identities = self.env["helpdesk.identity"]
        for kind, field_name in (("email", "email"), ("phone", "phone")):
            handles = {identities._normalize_handle(kind, partner[field_name]): partner.id for partner in src_partners}
            handles.pop(False, None)
            identities._insert(kind, handles)

    def _note_merge(self, src_partners, dst_partner):
        # sudo: a merge moves every ticket of the customer, also those the merging user doesn't see
        tickets = (
            self.env["helpdesk.ticket"]
            .sudo()
            .with_context(active_test=False)
            .search([("partner_id", "in", src_partners.ids)])
        )
        for partner, moved in tickets.grouped("partner_id").items():
            moved._log("customer_changed", data={"old": partner.id, "new": dst_partner.id})
        dst_partner.message_post(
            body=self.env._(
                "Merged into this customer: %(names)s, with %(count)s tickets",
                names=", ".join(src_partners.mapped("display_name")),
                count=len(tickets),
            )
        )
