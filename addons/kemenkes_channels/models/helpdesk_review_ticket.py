from markupsafe import Markup

from odoo import api, models
from odoo.tools import plaintext2html

from .helpdesk_review import NAME_LENGTH, stars_as_text


class HelpdeskReview(models.Model):
    """The ticket about a review: made by a rule or by the first answer, told of every change."""

    _inherit = "helpdesk.review"

    def _make_tickets(self, rules=None):
        """A ticket for each review, with the review as its customer's first message.

        :param dict rules: ``{helpdesk.review: helpdesk.review.rule}`` that asked for it
        :return: the tickets
        """
        tickets = self.env["helpdesk.ticket"]
        if not self:
            return tickets
        partners = self._find_writers()
        tickets = tickets.create(
            [review._prepare_ticket(partners[review], (rules or {}).get(review)) for review in self]
        )
        for review, ticket in zip(self, tickets, strict=True):
            review.ticket_id = ticket
        self._tell_tickets()
        return tickets

    def _find_writers(self):
        """``{helpdesk.review: res.partner}``; stores name no person: a review's writer is a customer of this review."""
        partners = {}
        for store, reviews in self.grouped("store").items():
            names = {review.external_id: review.author or review._unnamed() for review in reviews}
            found = self.env["helpdesk.identity"]._find_or_create_partners(store, names)
            partners.update({review: found[review.external_id] for review in reviews})
        return partners

    def _unnamed(self):
        store = dict(self._fields["store"]._description_selection(self.env))[self.store]
        return self.env._("%s user", store)

    def _prepare_ticket(self, partner, rule):
        words = self.title or " ".join((self.text or "").split()) or self._unnamed()
        values = {
            **self.channel_id._prepare_ticket_values(),
            "name": words if len(words) <= NAME_LENGTH else f"{words[: NAME_LENGTH - 1].rstrip()}…",
            "description": self.text,
            "partner_id": partner.id,
            "partner_name": self.author or partner.name,
            # what a machine says would be public
            "no_auto_reply": True,
        }
        return {**values, **rule._prepare_ticket_values()} if rule else values

    def _tell_tickets(self):
        """Put what reviews say now on their tickets, as their writers' messages.

        :return: ``{helpdesk.review: mail.message}``
        """
        told = {}
        for review, target in self._targets().items():
            # sudo: the writer's words; nobody has rights to write them by hand
            told[review] = self.env["mail.message"].sudo().create(review._prepare_message(target))
            review._keep_outside(told[review], target)
            target._note_customer_messages({target: told[review]})
        return told

    def _targets(self):
        """``{helpdesk.review: ticket}``: a ticket that was solved long ago is followed by a new one."""
        targets = self.ticket_id._reply_targets()
        for review in self:
            if targets[review.ticket_id] not in (review.ticket_id, review.ticket_id.survivor_id):
                review.ticket_id = targets[review.ticket_id]
        return {review: targets.get(review.ticket_id, review.ticket_id) for review in self}

    def _prepare_message(self, ticket):
        partner = self.ticket_id.partner_id
        return {
            "model": ticket._name,
            "res_id": ticket.id,
            "helpdesk_source_id": self.ticket_id.id if ticket != self.ticket_id else False,
            "message_type": "comment",
            "subtype_id": self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_comment"),
            "body": self._render(),
            "date": self.edit_date,
            "author_id": partner.id,
            "email_from": partner.name,
            "reply_to": partner.name,  # else Odoo looks it up, one by one
            "helpdesk_direction": "in",
            "helpdesk_channel_id": self.channel_id.id,
        }

    def _render(self):
        where = " · ".join(filter(None, (self.app_version, self.device, self.os_version)))
        parts = [Markup("<p>%s</p>") % stars_as_text(self.stars)]
        if self.title:
            parts.append(Markup("<p><b>%s</b></p>") % self.title)
        parts.append(plaintext2html(self.text or ""))
        if self.original_text:
            parts.append(Markup("<blockquote>%s</blockquote>") % plaintext2html(self.original_text))
        if where:
            parts.append(Markup('<p class="text-muted">%s</p>') % where)
        return Markup("").join(parts)

    def _keep_outside(self, message, ticket):
        """By this row the outbox knows what an answer on the ticket answers."""
        outside = self.env["helpdesk.channel.message"].sudo()
        known = outside._by_external_id([self.channel_id.id], [self.external_id])
        values = {"message_id": message.id, "ticket_id": self.ticket_id.id, "date": message.date}
        if row := known.get((self.channel_id.id, self.external_id)):
            row.write({**values, "edited_date": message.date})
            return
        outside.create(
            {
                **values,
                "channel_id": self.channel_id.id,
                "external_id": self.external_id,
                "direction": "in",
                "kind": "review",
                "recipient": self.external_id,
                "conversation": self.external_id,
                "is_public": True,
            }
        )

    @api.model
    def _of_tickets(self, tickets):
        """Reviews behind tickets: ``{helpdesk.ticket: helpdesk.review}``."""
        return {review.ticket_id: review for review in self.search([("ticket_id", "in", tickets.ids)])}

    # WHAT FOLLOWS WHEN A REVIEW COMES IN

    def _follow_rules(self):
        """Tickets for those reviews that a rule wants one for."""
        rules = self.env["helpdesk.review.rule"]._find(self.filtered(lambda review: not review.ticket_id))
        self.browse(review.id for review in rules)._make_tickets(rules)

    def _follow_edit(self):
        """The ticket hears the new words and opens again; without one the rules are asked anew."""
        self.filtered("ticket_id")._tell_tickets()
        self._follow_rules()

    def _note_foreign_answer(self):
        """Somebody answered in the store's console: the ticket says so."""
        for review in self.filtered("ticket_id"):
            review.ticket_id._survivor()._message_log(
                body=Markup("<p>%s</p>%s")
                % (
                    self.env._("Answered in the store itself, outside the helpdesk:"),
                    plaintext2html(review.published_reply or ""),
                )
            )
