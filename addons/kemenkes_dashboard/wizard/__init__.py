from . import helpdesk_database_password
