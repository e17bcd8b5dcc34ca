from odoo import api, fields, models


class HelpdeskKpiStale(models.Model):
    """Tickets whose figures changed with no row in the ledger: a breach found by the sweep, a label put right.

    Rows are only added by whoever changes something, and removed by the job that counts: nobody waits for anybody.
    """

    _name = "helpdesk.kpi.stale"
    _description = "Ticket to be Counted Anew"
    _log_access = False
    _rec_name = "ticket_id"

    ticket_id = fields.Many2one("helpdesk.ticket", required=True, readonly=True, ondelete="cascade")

    @api.model
    def _mark(self, tickets):
        """Have the figures of these tickets counted anew by the next run of the job.

        :param tickets: ``helpdesk.ticket``
        """
        # sudo: says nothing but that something changed
        self.sudo().create([{"ticket_id": ticket_id} for ticket_id in tickets.ids])

    @api.model
    def _take(self):
        """The marked tickets, each once; the marks are gone with this transaction."""
        self.flush_model()
        self.env.cr.execute("DELETE FROM helpdesk_kpi_stale RETURNING ticket_id")
        return {ticket_id for (ticket_id,) in self.env.cr.fetchall()}
