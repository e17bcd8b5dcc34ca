{
    "name": "Kemenkes Helpdesk: Workforce",
    "summary": "Agent sessions, seats, distribution, shifts, confidentiality agreements",
    "version": "19.0.1.0.0",
    "category": "Services/Helpdesk",
    "license": "AGPL-3",
    "author": "Kemenkes Helpdesk contributors",
    "website": "https://github.com/kemenkes-helpdesk/kemenkes-helpdesk",
    "depends": [
        "kemenkes_helpdesk",
        "maintenance",  # faults of agents' equipment
        "web_timeline",  # the roster as a timeline
    ],
    "data": [
        "security/ir.model.access.csv",
        "security/helpdesk_agent_security.xml",
        "data/helpdesk_agent_status_data.xml",
        "data/helpdesk_capacity_data.xml",
        "data/helpdesk_reject_reason_data.xml",
        "data/ir_cron_data.xml",
        "data/auditlog_rule_data.xml",
        "wizard/helpdesk_distribution_explanation_views.xml",
        "views/helpdesk_agent_status_views.xml",
        "views/helpdesk_agent_session_views.xml",
        "views/helpdesk_agent_interval_views.xml",
        "views/helpdesk_agent_skill_views.xml",
        "views/helpdesk_capacity_views.xml",
        "views/helpdesk_offer_views.xml",
        "views/helpdesk_reject_reason_views.xml",
        "views/helpdesk_site_views.xml",
        "views/helpdesk_skill_views.xml",
        "views/helpdesk_team_views.xml",
        "views/helpdesk_ticket_views.xml",
    ],
    "demo": [
        "demo/helpdesk_distribution_demo.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "kemenkes_workforce/static/src/**/*",
        ],
        "web.assets_unit_tests": [
            "kemenkes_workforce/static/tests/**/*.test.js",
        ],
        "web.assets_tests": [
            "kemenkes_workforce/static/tests/tours/**/*",
        ],
    },
}
