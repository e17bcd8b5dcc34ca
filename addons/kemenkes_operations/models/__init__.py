from . import helpdesk_health, helpdesk_outbox_message, helpdesk_storage_report, helpdesk_storage_sample, ir_http
