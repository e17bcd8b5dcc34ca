# before the models that inherit them
from . import helpdesk_kpi_dimension_mixin  # isort: skip
from . import helpdesk_kpi_mixin  # isort: skip
from . import (
    helpdesk_api_export,
    helpdesk_backlog_day,
    helpdesk_backlog_span,
    helpdesk_csat_request,
    helpdesk_export,
    helpdesk_export_dataset,
    helpdesk_kpi,
    helpdesk_kpi_day,
    helpdesk_kpi_fact,
    helpdesk_kpi_stale,
    helpdesk_sentiment,
    helpdesk_sla_excuse,
    helpdesk_sla_status,
    helpdesk_sla_version,
    helpdesk_ticket,
)
