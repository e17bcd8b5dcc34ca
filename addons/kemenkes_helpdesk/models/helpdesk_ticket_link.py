import uuid

from odoo import models
from odoo.exceptions import UserError


class HelpdeskTicket(models.Model):
    """The signed link by which a customer reads and answers the ticket without an account, and its end."""

    _inherit = "helpdesk.ticket"

    def action_renew_link(self):
        """Close the page to everybody who has the old links, and mail the customers new ones.

        :raise UserError: a customer has no address to send it to
        """
        self.check_access("write")
        if any(not ticket.partner_email_normalized for ticket in self):
            raise UserError(self.env._("There is no e-mail address to send the new link to."))
        self._renew_link()
        for ticket in self:
            # sudo: the link goes to the ticket's own address; the agent does not get to see it
            ticket.sudo()._mail_link("kemenkes_helpdesk.renewed_link_mail")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "The customer gets a new link by e-mail. The old ones no longer open the ticket."
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _renew_link(self):
        """Give tickets new tokens; one ledger row for each."""
        for ticket in self:
            ticket.access_token = str(uuid.uuid4())
        self._log("link_renewed")

    def _mail_link(self, template):
        """Mail the link of the ticket to its customer.

        :param str template: XML id of the mail's text
        """
        self.ensure_one()
        values = {"ticket": self, "link": self._portal_link()}
        body = self.env["ir.qweb"]._render(template, values, minimal_qcontext=True)
        # Not in the conversation: a link that opens the ticket must not stand where agents and followers read it.
        self.env["mail.mail"].create(
            {
                "subject": self.env._("Your ticket %s", self.ticket_ref),
                "body_html": body,
                "email_to": self.partner_email,
                "email_from": self.channel_id.email_from or self.env.company.email_formatted,
                "auto_delete": True,
            }
        )
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()

    def _snapshot_for_link(self, vals):
        """To whom the links of tickets were sent, before a write that may change it: ``{ticket: address}``."""
        if not vals.keys() & {"partner_id", "partner_email"}:
            return {}
        return {ticket: ticket.partner_email_normalized for ticket in self if ticket.partner_email_normalized}

    def _renew_passed_on_links(self, before):
        """A ticket that becomes another customer's is no longer open to the one before."""
        passed_on = self.filtered(lambda ticket: ticket in before and ticket.partner_email_normalized != before[ticket])
        # sudo: nobody who is logged in reads or writes tokens
        passed_on.sudo()._renew_link()
