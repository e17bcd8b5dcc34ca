from odoo import models
from odoo.fields import Command

LISTS = ("helpdesk_product_ids", "helpdesk_site_ids", "helpdesk_team_ids")


class ResUsers(models.Model):
    """What passes to a successor, and what is freed when an account is shut (R10)."""

    _inherit = "res.users"

    def _give_rights_to(self, successor):
        """What the account may see, its successor may see too; skills are people's own, and a seat is given anew.

        :param successor: ``res.users``, one record
        """
        self.ensure_one()
        successor.write({name: [Command.link(record.id) for record in self[name]] for name in LISTS})

    def _withdraw_rights(self):
        # sudo in the caller: the seat is free for whoever comes next
        seats = self.env["helpdesk.seat"].with_context(active_test=False)
        seats.search([("user_id", "=", self.id)]).user_id = False
        return super()._withdraw_rights()
