from . import helpdesk_first_hour
from . import ir_http
from . import res_users_settings
