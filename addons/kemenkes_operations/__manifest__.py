{
    "name": "Kemenkes Helpdesk: Operations",
    "summary": "Health of the system, figures for Prometheus, structured logs, storage and when it is full",
    "version": "19.0.1.3.0",
    "category": "Services/Helpdesk",
    "license": "AGPL-3",
    "author": "Kemenkes Helpdesk contributors",
    "website": "https://github.com/kemenkes-helpdesk/kemenkes-helpdesk",
    "depends": [
        "auth_oidc",  # single sign-on
        "auth_passkey",  # log-in without a password
        "auth_timeout",  # idle screens are locked, sessions end; a second factor by mail for those without an app
        "html_editor",
        "kemenkes_helpdesk",
    ],
    "external_dependencies": {
        "python": [
            "prometheus-client",  # the format in which monitoring systems read figures
            "python-jose",  # signatures of single sign-on, for auth_oidc
            "zxcvbn",  # passwords that everybody tries first
        ]
    },
    "data": [
        "security/ir.model.access.csv",
        "data/ir_config_parameter_data.xml",
        "data/ir_cron_data.xml",
        "data/account_security_data.xml",
        "views/operations_menus.xml",
        "views/health_templates.xml",
        "views/auth_oauth_provider_views.xml",
        "views/helpdesk_storage_report_views.xml",
        "views/helpdesk_storage_sample_views.xml",
        "views/res_config_settings_views.xml",
    ],
    "assets": {
        "web.assets_backend": ["kemenkes_operations/static/src/second_factor/*"],
        "web.assets_unit_tests": ["kemenkes_operations/static/tests/*.test.js"],
    },
    "demo": ["demo/account_security_demo.xml", "demo/helpdesk_storage_demo.xml"],
    "post_load": "post_load",
}
