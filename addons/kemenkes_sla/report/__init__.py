from . import helpdesk_escalation_report, helpdesk_sla_attainment
