from odoo import fields, models

from ..models.helpdesk_ticket import PRIORITIES


class HelpdeskKeywordTestLine(models.TransientModel):
    _name = "helpdesk.keyword.test.line"
    _description = "Ticket a Keyword Rule Would Catch"

    test_id = fields.Many2one("helpdesk.keyword.test", required=True, ondelete="cascade")
    ticket_id = fields.Many2one("helpdesk.ticket", readonly=True)
    rule_ids = fields.Many2many("helpdesk.keyword.rule", string="Rules", readonly=True)
    words = fields.Char("Words found", readonly=True)
    category_id = fields.Many2one("helpdesk.category", "New category", readonly=True)
    priority = fields.Selection(PRIORITIES, "New priority", readonly=True)
    team_id = fields.Many2one("helpdesk.team", "New team", readonly=True)
    tag_ids = fields.Many2many("helpdesk.tag", string="Added tags", readonly=True)
