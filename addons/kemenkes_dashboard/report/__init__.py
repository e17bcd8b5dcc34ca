from . import helpdesk_kpi_report
