from odoo import api, models

# Who may hand out products and sites; whoever edits a product for other reasons doesn't see the list.
ACCESS_LIST_GROUPS = "kemenkes_helpdesk.group_admin_support,kemenkes_helpdesk.group_operation_manager"


class HelpdeskAccessMixin(models.AbstractModel):
    """A record whose list of users decides which tickets they see: a product, a site, a team.

    Record rules are evaluated once per user and cached with the ids found then; so that a change holds from the next
    request on, it empties that cache, in all workers.
    """

    _name = "helpdesk.access.mixin"
    _description = "Record That Gives Access to Tickets"

    # Name of the field that holds the users.
    _access_users_field = "user_ids"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        if any(vals.get(self._access_users_field) for vals in vals_list):
            self.env.registry.clear_cache()
        return records

    def write(self, vals):
        result = super().write(vals)
        if self._access_users_field in vals:
            self.env.registry.clear_cache()
        return result
