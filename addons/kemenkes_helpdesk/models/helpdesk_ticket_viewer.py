from odoo import models
from odoo.exceptions import AccessError, UserError

from .helpdesk_escalation import COMMENT_SUBTYPE

VIEWER_GROUP = "kemenkes_helpdesk.group_pusdatin_viewer"


class HelpdeskTicket(models.Model):
    """The ticket as Pusdatin's viewers work on it from their own pages, without a seat (R27.c.4)."""

    _inherit = "helpdesk.ticket"

    def _comment_as_viewer(self, text):
        """A viewer writes to the helpdesk; the customer never sees it.

        :param str text: plain text
        :return: the ``mail.message``
        :raise AccessError: the user is no viewer, or may not see the ticket
        :raise UserError: there is nothing to say
        """
        self.ensure_one()
        self._check_viewer()
        if not text.strip():
            raise UserError(self.env._("Write your comment."))
        # sudo: viewers only read tickets; a comment is the one thing they may add, in their own name
        ticket = self.sudo()
        return ticket.message_post(
            body=text,
            author_id=self.env.user.partner_id.id,
            message_type="comment",
            subtype_xmlid=COMMENT_SUBTYPE,
            partner_ids=ticket.user_id.partner_id.ids,
        )

    def _check_viewer(self):
        """:raise AccessError: the user is no viewer, or may not see the tickets"""
        if not self.env.user.has_group(VIEWER_GROUP):
            raise AccessError(self.env._("Only accounts of Pusdatin may do this."))
        self.check_access("read")

    def _viewer_messages(self):
        """What a viewer reads: the conversation with the customer, comments of viewers, and notes addressed to one.

        Other notes stay among the agents.

        :return: ``mail.message`` records, sudo, oldest first
        """
        self.ensure_one()
        subtype_id = self.env["ir.model.data"]._xmlid_to_res_id(COMMENT_SUBTYPE)
        # sudo: the page has checked that its reader may see the ticket; what isn't for them is left out here
        internal = (
            self.env["mail.message"]
            .sudo()
            .search(
                [
                    ("model", "=", self._name),
                    ("res_id", "=", self.id),
                    ("message_type", "=", "comment"),
                    "|",
                    ("subtype_id", "=", subtype_id),
                    "&",
                    ("subtype_id.internal", "=", True),
                    ("partner_ids", "!=", False),
                ]
            )
        )
        for_viewers = internal.filtered(
            lambda message: (
                message.subtype_id.id == subtype_id
                or any(user.has_group(VIEWER_GROUP) for user in message.partner_ids.user_ids)
            )
        )
        tickets = self.sudo().with_context(active_test=False).search([("survivor_id", "=", self.id)]) | self
        return (tickets._said_to_customers() | for_viewers).sorted(lambda message: (message.date, message.id))
