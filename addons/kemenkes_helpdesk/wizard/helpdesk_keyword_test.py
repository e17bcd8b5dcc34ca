from odoo import fields, models
from odoo.tools import html2plaintext

SAMPLE_SIZE = 100


class HelpdeskKeywordTest(models.TransientModel):
    """What keyword rules would have done to the last tickets; nothing is changed."""

    _name = "helpdesk.keyword.test"
    _description = "Try Keyword Rules"

    rule_id = fields.Many2one("helpdesk.keyword.rule", help="Leave empty to try all rules together.")
    line_ids = fields.One2many("helpdesk.keyword.test.line", "test_id", readonly=True)
    summary = fields.Char(readonly=True)

    def action_try(self):
        """Fill the lines.

        :return: action that shows this wizard again
        """
        rules = self.rule_id or self.env["helpdesk.keyword.rule"].search([])
        texts = self._sample()
        matches = rules._find_matches(texts, self.env["helpdesk.ticket"].browse(ticket.id for ticket in texts))
        self.line_ids.unlink()
        lines = [self._prepare_line(ticket, found) for ticket, found in matches.items() if found]
        self.line_ids = [fields.Command.create(line) for line in lines]
        self.summary = self.env._(
            "%(caught)s of the last %(total)s tickets are caught.", caught=len(lines), total=len(texts)
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def _sample(self):
        """The customer's first words on the newest tickets: ``{ticket: text}``."""
        tickets = self.env["helpdesk.ticket"].search([], order="id desc", limit=SAMPLE_SIZE)
        messages = self.env["mail.message"].search(
            [("model", "=", "helpdesk.ticket"), ("res_id", "in", tickets.ids), ("helpdesk_direction", "=", "in")],
            order="id desc",
        )
        # oldest last: the first message of a ticket is the one that stays
        first = {message.res_id: message for message in messages}
        return {
            ticket: f"{ticket.name}\n{html2plaintext(first[ticket.id].body or '') if ticket.id in first else ''}"
            for ticket in tickets
        }

    def _prepare_line(self, ticket, found):
        rules = self.env["helpdesk.keyword.rule"].browse(rule.id for rule, _words in found)
        changes = rules._prepare_changes(ticket)
        return {
            "ticket_id": ticket.id,
            "rule_ids": [fields.Command.set(rules.ids)],
            "words": ", ".join(dict.fromkeys(words for _rule, words in found)),
            "category_id": changes.get("category_id"),
            "priority": changes.get("priority"),
            "team_id": changes.get("team_id"),
            "tag_ids": [fields.Command.set(rules.tag_ids.ids)],
        }
