from . import helpdesk_sla_apply, helpdesk_sla_excuse_ask, helpdesk_sla_try, helpdesk_sla_try_line
