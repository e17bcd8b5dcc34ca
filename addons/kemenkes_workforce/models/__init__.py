from . import (
    helpdesk_agent_device,
    helpdesk_agent_interval,
    helpdesk_agent_reason,
    helpdesk_agent_session,
    helpdesk_agent_session_change,
    helpdesk_agent_session_watch,
    helpdesk_agent_status,
    helpdesk_event,
    helpdesk_seat,
    helpdesk_site,
    ir_websocket,
    res_users_work,
)
