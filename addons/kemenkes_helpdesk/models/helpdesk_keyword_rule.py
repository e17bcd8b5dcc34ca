import logging

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import html2plaintext, is_html_empty

from ..tools import language, pattern
from .helpdesk_channel import CHANNEL_KINDS
from .helpdesk_ticket import PRIORITIES

_logger = logging.getLogger(__name__)


class HelpdeskKeywordRule(models.Model):
    """Words in a customer's message that decide tags, category, priority, team or an answer."""

    _name = "helpdesk.keyword.rule"
    _description = "Keyword Rule"
    _order = "sequence, id"

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    trigger = fields.Selection(
        [("created", "First message of a ticket"), ("message_in", "Every message of the customer")],
        required=True,
        default="created",
    )
    match = fields.Selection(
        [("words", "Words and phrases"), ("expression", "Regular expression")], required=True, default="words"
    )
    words = fields.Text(help="One word or phrase a line; any of them is enough.")
    expression = fields.Char(
        "Regular expression", help="Case is ignored. An expression that takes too long on a text doesn't match it."
    )
    channel_kind = fields.Selection(CHANNEL_KINDS, "Kind of channel", help="Leave empty for every kind.")
    channel_ids = fields.Many2many("helpdesk.channel", string="Channels", help="Leave empty for every channel.")
    product_ids = fields.Many2many("helpdesk.product", string="Products", help="Leave empty for every product.")
    language = fields.Selection(
        [("id", "Indonesian"), ("en", "English")], help="Language of the message; leave empty for any."
    )
    tag_ids = fields.Many2many("helpdesk.tag", string="Add tags")
    category_id = fields.Many2one("helpdesk.category", "Set category")
    product_id = fields.Many2one("helpdesk.product", "Set product")
    priority = fields.Selection(PRIORITIES, "Set priority")
    team_id = fields.Many2one("helpdesk.team", "Give to team")
    reply = fields.Html("Answer", translate=True)
    stop = fields.Boolean("Skip the rules after it")

    @api.constrains("match", "words", "expression")
    def _check_pattern(self):
        for rule in self:
            if rule.match == "words" and not (rule.words or "").strip():
                raise ValidationError(self.env._("Write at least one word for %s to look for.", rule.name))
            if rule.match == "expression" and not rule.expression:
                raise ValidationError(self.env._("Write the regular expression of %s.", rule.name))
            try:
                found = pattern.find(rule._compile(), "")
            except pattern.PatternError as error:
                raise ValidationError(
                    self.env._("%(rule)s: this is no regular expression (%(error)s).", rule=rule.name, error=error)
                ) from error
            if found is not None:
                raise ValidationError(self.env._("%s would match every message, even an empty one.", rule.name))

    @api.constrains("reply")
    def _check_reply(self):
        for rule in self:
            self.env["helpdesk.ticket"]._check_placeholders(rule.reply)

    def _compile(self):
        if self.match == "expression":
            return pattern.compile_expression(self.expression)
        return pattern.compile_words([line for line in self.words.splitlines() if line.strip()])

    # MATCHING

    @api.model
    def _read_events(self, events):
        """Reader of the ledger: looks at what customers have just said.

        :param list events: rows of the ledger as dicts
        """
        said = [event for event in events if event["kind"] == "message_in" and event.get("message_id")]
        if not said:
            return
        # sudo: rules work for everyone, whoever's transaction brings the message
        rules = self.sudo().search([])
        if not rules:
            return
        messages = self.env["mail.message"].sudo().browse([event["message_id"] for event in said])
        # the number that the customer wrote under: an answer is theirs, not the survivor's customer's
        ticket_ids = [event["other_ticket_id"] or event["ticket_id"] for event in said]
        tickets = self.env["helpdesk.ticket"].sudo().browse(ticket_ids)
        texts = {
            ticket: f"{ticket.name}\n{html2plaintext(message.body or '')}"
            for ticket, message in zip(tickets, messages, strict=True)
        }
        rules._apply(rules._find_matches(texts, tickets._with_one_customer_message()))

    def _find_matches(self, texts, fresh):
        """Which rules catch which tickets, in the rules' order.

        :param dict texts: ``{helpdesk.ticket: plain text}``
        :param fresh: the tickets of ``texts`` whose text is the customer's first
        :return: ``{helpdesk.ticket: [(helpdesk.keyword.rule, matched words), …]}``
        """
        compiled = [(rule, rule._compile()) for rule in self]
        for_later = [(rule, expression) for rule, expression in compiled if rule.trigger == "message_in"]
        return {
            ticket: self._match_one(compiled if ticket in fresh else for_later, ticket, text)
            for ticket, text in texts.items()
        }

    def _match_one(self, compiled, ticket, text):
        matches = []
        for rule, expression in compiled:
            found = rule._fits(ticket, text) and rule._search_text(expression, text)
            if not found:
                continue
            matches.append((rule, found))
            if rule.stop:
                break
        return matches

    def _search_text(self, expression, text):
        try:
            return pattern.find(expression, text)
        except pattern.PatternTimeoutError:
            _logger.warning("Keyword rule %s took longer than %s s on a text: no match", self.id, pattern.TIMEOUT)
            return None

    def _fits(self, ticket, text):
        if self.channel_kind and self.channel_kind != ticket.channel_kind:
            return False
        if self.channel_ids and ticket.channel_id not in self.channel_ids:
            return False
        if self.product_ids and ticket.product_id not in self.product_ids:
            return False
        return not self.language or language.detect(text) == self.language

    # ACTING

    def _apply(self, matches):
        """Make the changes of the rules that matched; the first rule that sets a field decides it.

        A merged ticket's changes are its survivor's.

        :param dict matches: as ``_find_matches`` gives it
        """
        rules_by_ticket = {
            ticket: self.browse(rule.id for rule, _words in found) for ticket, found in matches.items() if found
        }
        if not rules_by_ticket:
            return
        self._write_changes(rules_by_ticket)
        self._answer(rules_by_ticket)
        self.env["helpdesk.event"]._record(
            [
                {"kind": "fields_changed", "ticket_id": ticket._survivor().id, "data": {"rules": rules.ids}}
                for ticket, rules in rules_by_ticket.items()
            ]
        )

    def _write_changes(self, rules_by_ticket):
        """One write for all tickets that get the same changes."""
        ids_by_changes = {}
        for ticket, rules in rules_by_ticket.items():
            survivor = ticket._survivor()
            changes = rules._prepare_changes(survivor)
            if changes:
                ids_by_changes.setdefault(tuple(changes.items()), []).append(survivor.id)
        for changes, ids in ids_by_changes.items():
            values = {name: list(value) if name == "tag_ids" else value for name, value in changes}
            self.env["helpdesk.ticket"].browse(ids).write(values)

    def _answer(self, rules_by_ticket):
        bodies = {}
        for ticket, rules in rules_by_ticket.items():
            reply = next((rule for rule in rules if not is_html_empty(rule.reply)), None)
            if reply:
                words = reply.with_context(lang=ticket._customer_language())
                bodies[ticket] = ticket.with_context(lang=words.env.lang)._render_placeholders(words.reply)
        listening = self.env["helpdesk.ticket"].browse(ticket.id for ticket in bodies)._may_hear_machine()
        self.env["helpdesk.ticket"]._post_automatic({ticket: bodies[ticket] for ticket in listening})

    def _prepare_changes(self, ticket):
        changes = {}
        for rule in self:
            for name in ("category_id", "product_id", "priority", "team_id"):
                if rule[name] and name not in changes:
                    changes[name] = rule[name].id if isinstance(rule[name], models.BaseModel) else rule[name]
        new_tags = self.tag_ids - ticket.tag_ids
        if new_tags:
            changes["tag_ids"] = tuple(fields.Command.link(tag.id) for tag in new_tags)
        return changes
