{
    "name": "Kemenkes Helpdesk",
    "summary": "Tickets over every channel: e-mail, web form, ledger, escalation, merge, portal",
    "version": "19.0.1.0.0",
    "category": "Services/Helpdesk",
    "license": "AGPL-3",
    "author": "Kemenkes Helpdesk contributors",
    "website": "https://github.com/kemenkes-helpdesk/kemenkes-helpdesk",
    "depends": [
        "api_doc",  # the open API is Odoo's own JSON-2, with its document
        "auditlog",  # who changed which setting
        "auth_totp",  # second factor for every account
        "contacts",
        "crm",  # ticket to lead and back
        "mail",
        "phone_validation",
        "portal",
        "rating",  # satisfaction lives in rating.rating
        "resource",
        "rpc",
    ],
    "external_dependencies": {
        "python": [
            "regex",  # regular expressions with a time limit, which the standard library's have not
        ]
    },
    "excludes": ["helpdesk", "helpdesk_mgmt"],
    "data": [
        "security/helpdesk_groups.xml",
        "security/ir.model.access.csv",
        "security/helpdesk_security.xml",
        "security/helpdesk_event_security.xml",
        "data/ir_sequence_data.xml",
        "data/helpdesk_stage_data.xml",
        "data/helpdesk_site_data.xml",
        "data/helpdesk_team_data.xml",
        "data/helpdesk_product_data.xml",
        "data/helpdesk_category_data.xml",
        "data/helpdesk_tag_data.xml",
        "data/helpdesk_channel_data.xml",
        "data/helpdesk_auto_reply_data.xml",
        "data/ir_cron_data.xml",
        "data/helpdesk_event_data.xml",
        "data/auditlog_rule_data.xml",
        "data/outbound_data.xml",
        "views/helpdesk_menus.xml",
        "wizard/helpdesk_account_views.xml",
        "wizard/helpdesk_keyword_test_views.xml",
        "wizard/helpdesk_macro_run_views.xml",
        "views/helpdesk_ticket_views.xml",
        "views/helpdesk_ticket_personal_data_views.xml",
        "views/helpdesk_team_views.xml",
        "views/helpdesk_stage_views.xml",
        "views/helpdesk_category_views.xml",
        "views/helpdesk_tag_views.xml",
        "views/helpdesk_product_views.xml",
        "views/helpdesk_site_views.xml",
        "views/helpdesk_channel_views.xml",
        "views/helpdesk_inbox_event_views.xml",
        "views/helpdesk_ticket_email_views.xml",
        "views/fetchmail_server_views.xml",
        "views/helpdesk_outbox_message_views.xml",
        "views/helpdesk_identity_views.xml",
        "views/helpdesk_macro_views.xml",
        "views/helpdesk_auto_reply_views.xml",
        "views/helpdesk_keyword_rule_views.xml",
        "views/helpdesk_web_form_views.xml",
        "views/public_layout_templates.xml",
        "views/form_templates.xml",
        "views/status_templates.xml",
        "views/reply_mail_templates.xml",
        "views/citizen_portal_templates.xml",
        "views/devices_templates.xml",
        "wizard/helpdesk_event_check_views.xml",
        "views/helpdesk_event_views.xml",
    ],
    "demo": [
        "demo/helpdesk_site_demo.xml",
        "demo/res_users_demo.xml",
        "demo/helpdesk_ticket_demo.xml",
    ],
    "assets": {
        "web.assets_frontend": [
            "kemenkes_helpdesk/static/src/portal/**/*",
        ],
        "web.assets_backend": [
            "kemenkes_helpdesk/static/src/user_menu/**/*",
        ],
        "web.assets_tests": [
            "kemenkes_helpdesk/static/tests/tours/**/*",
        ],
    },
    "application": True,
}
