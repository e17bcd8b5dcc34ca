from odoo import api, fields, models

BATCH_SIZE = 200


class HelpdeskTicket(models.Model):
    """Silence: a customer who doesn't answer is warned, then the ticket is solved, then closed."""

    _inherit = "helpdesk.ticket"

    silence_warning_date = fields.Datetime("Warned of closing", readonly=True, copy=False)

    _silence_idx = models.Index("(channel_id, last_agent_message_date) WHERE stage_kind = 'waiting_customer'")
    _solved_idx = models.Index("(channel_id, solved_date) WHERE stage_kind = 'solved'")

    @api.model
    def _cron_auto_close(self):
        """Each channel by its own days; a batch is a transaction, so a crash repeats nothing."""
        for channel in self.env["helpdesk.channel"].search([]):
            for step in (channel._warn_silent, channel._solve_silent, channel._close_solved):
                while done := step(BATCH_SIZE):
                    if not self.env["ir.cron"]._commit_progress(done):
                        return
