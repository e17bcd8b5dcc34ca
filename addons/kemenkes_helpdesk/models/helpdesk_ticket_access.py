from odoo import api, models
from odoo.exceptions import AccessError, UserError


class HelpdeskTicket(models.Model):
    """Who may do what on a ticket beyond reading and writing it: answer, be told of it, mend what was said."""

    _inherit = "helpdesk.ticket"

    @api.depends_context("uid")
    def _compute_display_name(self):
        """Other records name a ticket in sudo (the survivor of a merge, an incident): outsiders get the number only."""
        super()._compute_display_name()
        user = self.env.user
        if self.env.uid == api.SUPERUSER_ID or user._is_public():
            return
        stored = self.filtered("id")
        for ticket in stored - stored.sudo(False)._filtered_access("read").sudo(self.env.su):
            ticket.display_name = f"[{ticket.ticket_ref}]"

    def message_post(self, **kwargs):
        self._check_may_post(**kwargs)
        return super().message_post(**kwargs)

    def _check_may_post(self, author_id=None, subtype_xmlid=None, subtype_id=None, helpdesk_source_id=None, **kwargs):
        """Readers of a ticket may write notes; only agents speak to the customer, and nobody in another's name.

        Odoo's chatter posts in sudo after checking that the user may read, so being in sudo says nothing here.

        :raise AccessError: the user may not post such a message
        """
        user = self.env.user
        if self.env.uid == api.SUPERUSER_ID or not user._is_internal():
            return
        if helpdesk_source_id:
            number = self.browse(helpdesk_source_id)
            number.check_access("read")
            if number.survivor_id != self:
                raise AccessError(self.env._("%s is not merged into this ticket.", number.ticket_ref))
        foreign = author_id and author_id != user.partner_id.id
        # sudo: whether an author is an employee is no secret of the author's record
        if foreign and not self.env.su and self.env["res.partner"].sudo().browse(author_id).partner_share:
            raise AccessError(self.env._("You can't write in the name of a customer."))
        if foreign or self._is_note(subtype_xmlid, subtype_id) or user.has_group("kemenkes_helpdesk.group_agent"):
            return
        raise AccessError(self.env._("Only agents answer customers. Write an internal note instead."))

    @api.model
    def _is_note(self, subtype_xmlid, subtype_id):
        subtype = self.env["mail.message.subtype"]
        if subtype_id:
            subtype = subtype.browse(subtype_id)
        elif subtype_xmlid:
            subtype = self.env.ref(subtype_xmlid)
        # sudo: every user may know what a subtype is
        return not subtype or subtype.sudo().internal

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Accounts that may not read the ticket hear nothing of it, not even when they follow it or are mentioned.

        A mail can't be masked for its reader: roles that see texts masked find the message in Odoo, or on their pages.
        """
        recipients = super()._notify_get_recipients(message, msg_vals=msg_vals, **kwargs)
        told = []
        for data in recipients:
            user = self.env["res.users"].browse(data["uid"] or [])
            if user and self and not self._may_be_told(user):
                continue
            if user and user._personal_data_clearance() == "none":
                if not data["share"]:
                    told.append({**data, "notif": "inbox"})
                continue
            told.append(data)
        return told

    def _may_be_told(self, user):
        """Customers hear of their own ticket though they have no rights on the model."""
        # sudo: whose account it is decides whether rights are asked for
        if user.sudo().share and user.sudo().partner_id == self.partner_id:
            return True
        return self.with_user(user).with_context(active_test=False).has_access("read")

    def _message_get_suggested_recipients_batch(self, *args, **kwargs):
        """None: a reply goes to the customer by itself, and the list would show addresses that the form hides."""
        return {ticket.id: [] for ticket in self}

    def _check_can_update_message_content(self, messages):
        super()._check_can_update_message_content(messages)
        if any(message.helpdesk_direction for message in messages):
            raise UserError(self.env._("What was said to or by a customer can't be changed."))
