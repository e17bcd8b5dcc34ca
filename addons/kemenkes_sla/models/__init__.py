from . import (
    helpdesk_category,
    helpdesk_event,
    helpdesk_site,
    helpdesk_sla,
    helpdesk_sla_excuse,
    helpdesk_sla_status,
    helpdesk_sla_status_notice,
    helpdesk_sla_status_sweep,
    helpdesk_sla_version,
    helpdesk_sla_warning,
    helpdesk_ticket,
    resource_calendar,
)
