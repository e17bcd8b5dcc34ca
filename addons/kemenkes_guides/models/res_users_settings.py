from odoo import fields, models


class ResUsersSettings(models.Model):
    """What of an agent's first hour the ledger does not know."""

    _inherit = "res.users.settings"

    helpdesk_has_seen_keys = fields.Boolean("Has seen the keys of the workspace")
    helpdesk_has_used_prepared_words = fields.Boolean("Has used prepared words")
    helpdesk_hides_first_hour = fields.Boolean("Hides the first hour")
