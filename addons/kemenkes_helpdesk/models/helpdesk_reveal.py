from datetime import timedelta

from odoo import api, fields, models

REVEAL_TIME = timedelta(minutes=15)


class HelpdeskReveal(models.Model):
    """That an account has asked to see the contact data of a ticket; it holds for a quarter of an hour.

    The ledger keeps who asked for ever; these rows are only what the masks look at.
    """

    _name = "helpdesk.reveal"
    _description = "Personal Data Shown"
    _log_access = False
    _rec_name = "ticket_id"

    user_id = fields.Many2one("res.users", required=True, ondelete="cascade")
    ticket_id = fields.Many2one("helpdesk.ticket", required=True, ondelete="cascade", index=True)
    partner_id = fields.Many2one(related="ticket_id.partner_id", store=True, index="btree_not_null")
    end_date = fields.Datetime(required=True)

    _user_ticket_unique = models.UniqueIndex("(user_id, ticket_id)")

    @api.model
    def _show(self, tickets):
        """Let the environment's user see the contact data of ``tickets`` from now on."""
        end = self.env.cr.now() + REVEAL_TIME
        known = self.search([("user_id", "=", self.env.uid), ("ticket_id", "in", tickets.ids)])
        known.end_date = end
        self.create(
            [{"user_id": self.env.uid, "ticket_id": ticket.id, "end_date": end} for ticket in tickets - known.ticket_id]
        )

    @api.model
    def _shown_ids(self, field_name, ids):
        """Which of the tickets or customers the environment's user may see unmasked now.

        :param str field_name: "ticket_id" or "partner_id"
        :param list ids: of records of that field
        :return: set of ids
        """
        domain = [("user_id", "=", self.env.uid), (field_name, "in", ids), ("end_date", ">", self.env.cr.now())]
        # sudo: which of one's own requests are still open
        return set(self.sudo().search_fetch(domain, [field_name])[field_name].ids)

    @api.autovacuum
    def _gc_ended(self):
        self.search([("end_date", "<", self.env.cr.now())]).unlink()
