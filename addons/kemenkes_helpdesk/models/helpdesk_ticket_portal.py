from zoneinfo import ZoneInfo

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import consteq

from .helpdesk_stage import DONE_KINDS

# What people in Indonesia call their zones; others are named by their offset.
ZONE_NAMES = {7: "WIB", 8: "WITA", 9: "WIT"}
# What Odoo's portal takes for a signed link.
SIGNED_LINK = ("hash", "pid", "token")


class HelpdeskTicket(models.Model):
    """The ticket as its customer sees it on the web: with an account, or by a signed link without one."""

    _inherit = "helpdesk.ticket"

    @api.model
    def _get_thread_with_access(self, thread_id, **kwargs):
        """Odoo's own chatter routes open nothing by a signed link: the customer's page is the only door for it.

        Through them a link's holder could post notes, choose recipients or list every attachment.
        """
        own = {name: value for name, value in kwargs.items() if name not in SIGNED_LINK}
        return super()._get_thread_with_access(thread_id, **own)

    def _mail_get_operation_for_mail_message_operation(self, message_operation):
        """Outsiders write on their own pages only, where it is known as whom they speak.

        Odoo's chatter would take a viewer's words for the customer's, and lets its writer choose recipients.
        """
        if message_operation == "create" and self.env.user.share:
            return dict.fromkeys(self, "write")
        return super()._mail_get_operation_for_mail_message_operation(message_operation)

    def _get_message_create_valid_field_names(self):
        return super()._get_message_create_valid_field_names() | {
            "helpdesk_direction",
            "helpdesk_channel_id",
            "helpdesk_source_id",
        }

    @api.model
    def _customer_domain(self, user):
        """The tickets that are a portal user's own, without those that go on in another of theirs.

        :param user: ``res.users``
        """
        if user._is_public():
            return Domain.FALSE
        partner = user.partner_id
        return Domain("partner_id", "=", partner.id) & ~Domain("survivor_id.partner_id", "=", partner.id)

    @api.model
    def _kind_domain(self, kinds):
        """Tickets that stand so for their customers: a merged one stands as its survivor does.

        :param kinds: keys of the kinds of stages
        """
        own = Domain("survivor_id", "=", False) & Domain("stage_kind", "in", kinds)
        return own | Domain("survivor_id.stage_kind", "in", kinds)

    def _is_of_customer(self, user, access_token=None):
        """Whether somebody may see the ticket's page as its customer.

        :param user: ``res.users`` who asks, maybe the public one
        :param str access_token: what the link carries
        """
        self.ensure_one()
        if access_token and self.access_token and consteq(self.access_token, access_token):
            return True
        return not user._is_public() and bool(self.partner_id) and self.partner_id == user.partner_id

    def _portal_survivor(self, user):
        """Where a merged ticket's page leads its customer: to the survivor if that is theirs too, else to itself.

        :param user: ``res.users`` who asks, maybe the public one: who comes by a link owns nothing but its ticket
        """
        survivor = self._survivor()
        return survivor if survivor._is_of_customer(user) else self

    def _portal_tickets(self, user):
        """The tickets whose words a customer reads on this one's page: it, and what they own among those merged.

        Tickets of different people are merged too (one outage, many reports); nobody gets to read another's
        conversation by that. Who comes by a link reads more than its ticket only where the link was mailed: a form
        shows its link at once to whoever has filled it in, with whatever address.

        :param user: ``res.users`` who asks, maybe the public one
        """
        self.ensure_one()
        survivor = self._survivor()
        merged = self.with_context(active_test=False).search([("survivor_id", "=", survivor.id)]) | survivor
        if self._is_of_customer(user):
            return merged.filtered(lambda ticket: ticket._is_of_customer(user))
        if self.channel_kind != "email" or not self.partner_id or not self.partner_email_normalized:
            return self
        return merged.filtered(
            lambda ticket: (
                ticket.partner_id == self.partner_id
                and ticket.partner_email_normalized == self.partner_email_normalized
            )
        )

    def _portal_state(self):
        """The kind of stage that the customer is told: a merged ticket stands as its survivor does, but what that
        one's customer was asked is no question to this one's."""
        survivor = self._survivor()
        if survivor != self and survivor.stage_kind == "waiting_customer":
            return "open"
        return survivor.stage_kind

    def _said_to_customers(self):
        """What customers and the helpdesk said to each other under these numbers, oldest first; never a note.

        :return: ``mail.message`` records, sudo
        """
        # sudo: the page has checked that its reader may see the tickets; the domain leaves out what is internal
        return (
            self.env["mail.message"]
            .sudo()
            .search(
                self._own_messages_domain()
                & Domain("helpdesk_direction", "!=", False)
                & Domain("is_internal", "=", False)
                & Domain("subtype_id.internal", "=", False),
                order="date, id",
            )
        )

    def _portal_messages(self, user):
        """What the ticket's page shows to one of its customers.

        :param user: as for :meth:`_portal_tickets`
        :return: as :meth:`_said_to_customers`
        """
        return self._portal_tickets(user)._said_to_customers()

    def _portal_attachment(self, attachment_id, user):
        """A file of the conversation, or none: what hangs on notes or on the ticket alone is not the customer's."""
        return self._portal_messages(user).attachment_ids.filtered(lambda attachment: attachment.id == attachment_id)

    @api.model
    def _mail_portal_link(self, reference, address):
        """Mail the link of a ticket to the address it was written with; nothing happens where the two don't match.

        :param str reference: a ticket's reference, in any case
        :param str address: normalised e-mail address
        """
        ticket = self.search([("ticket_ref", "=", reference.upper()), ("partner_email_normalized", "=", address)])
        if ticket:
            ticket._mail_link("kemenkes_helpdesk.portal_link_mail")

    def _portal_solve(self):
        """The customer says that the matter is settled.

        :raise UserError: the ticket is settled already, or merged
        """
        self._check_portal_change()
        if self.stage_kind in DONE_KINDS:
            raise UserError(self.env._("This ticket is solved already."))
        self.stage_id = self._stage_of("solved")

    def _portal_reopen(self):
        """The customer says that it is not settled after all.

        :raise UserError: the ticket is open or merged, or it was solved too long ago
        """
        self._check_portal_change()
        if self.stage_kind not in DONE_KINDS:
            raise UserError(self.env._("This ticket is open already."))
        if self._is_too_late_to_reopen():
            raise UserError(
                self.env._("This ticket was solved too long ago. Write a message, it will become a new ticket.")
            )
        self.stage_id = self._stage_of("open")

    def _check_portal_change(self):
        self.ensure_one()
        if self.merged_into_id:
            raise UserError(
                self.env._("Several reports are handled together with this one. Write a message, we read it.")
            )

    def _portal_time(self, moment):
        """A time as its reader's clock says it; who is not signed in reads the clock of the ticket's site.

        :param datetime moment: naive, UTC
        :return: ``(local datetime, zone name)`` such as ``(…, "WIB")``
        """
        reader = self.env.user
        timezone = (not reader._is_public() and reader.tz) or self.site_id.timezone or "Asia/Jakarta"
        local = moment.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(timezone))
        hours = local.utcoffset().total_seconds() / 3600
        return local, ZONE_NAMES.get(hours, f"UTC{hours:+g}")
