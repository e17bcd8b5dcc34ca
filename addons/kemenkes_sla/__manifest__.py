{
    "name": "Kemenkes Helpdesk: Service Levels",
    "summary": "Service level policies, clocks rebuilt from the ledger, warnings before a breach",
    "version": "19.0.1.0.0",
    "category": "Services/Helpdesk",
    "license": "AGPL-3",
    "author": "Kemenkes Helpdesk contributors",
    "website": "https://github.com/kemenkes-helpdesk/kemenkes-helpdesk",
    "depends": ["kemenkes_helpdesk"],
    "data": [
        "security/ir.model.access.csv",
        "security/helpdesk_sla_security.xml",
        "data/resource_calendar_data.xml",
        "data/resource_calendar_leaves_data.xml",
        "data/ir_cron_data.xml",
        "data/auditlog_rule_data.xml",
        "wizard/helpdesk_sla_apply_views.xml",
        "wizard/helpdesk_sla_excuse_ask_views.xml",
        "wizard/helpdesk_sla_try_views.xml",
        "views/helpdesk_sla_views.xml",
        "views/helpdesk_sla_status_views.xml",
        "views/helpdesk_sla_excuse_views.xml",
        "report/helpdesk_sla_attainment_views.xml",
        "views/helpdesk_statement_views.xml",
        "views/helpdesk_ticket_views.xml",
    ],
    "demo": [
        "demo/helpdesk_sla_demo.xml",
        "demo/helpdesk_target_demo.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "kemenkes_sla/static/src/due/**/*",
        ],
        "web.assets_unit_tests": [
            "kemenkes_sla/static/tests/**/*.test.js",
        ],
    },
}
