from odoo import models
from odoo.fields import Command

LISTS = ("helpdesk_product_ids", "helpdesk_site_ids", "helpdesk_team_ids")


class ResUsers(models.Model):
    _inherit = "res.users"

    def _give_rights_to(self, successor):
        """What the account may see, its successor may see too; skills and seats are added by who brings them.

        :param successor: ``res.users``, one record
        """
        self.ensure_one()
        successor.write({name: [Command.link(record.id) for record in self[name]] for name in LISTS})
