from . import helpdesk_first_hour, ir_http, res_users_settings
