from odoo import models

from ..tools.indicators import DAY_TABLES, combination


class HelpdeskKpiAgentDay(models.Model):
    """The figures of a day by who had the ticket, whatever it was about: a few rows for each agent at work."""

    _name = "helpdesk.kpi.agent.day"
    _inherit = ["helpdesk.kpi.sum.mixin"]
    _description = "Figures of an Agent's Day"

    _combination = models.UniqueIndex(
        f"(date, {combination(DAY_TABLES['helpdesk_kpi_agent_day'])})",
        "A combination stands in one row.",
    )
