from . import (
    auth_oauth_provider,
    helpdesk_health,
    helpdesk_outbox_message,
    helpdesk_storage_report,
    helpdesk_storage_sample,
    ir_attachment_scan,
    ir_http,
    ir_mail_server,
    res_users_login_limit,
    res_users_password,
    res_users_second_factor,
    res_users_single_sign_on,
)
