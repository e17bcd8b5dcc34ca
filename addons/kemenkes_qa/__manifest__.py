{
    "name": "Kemenkes Helpdesk: Quality",
    "summary": "Satisfaction surveys on every channel, scorecards, evaluations, coaching, training",
    "version": "19.0.1.3.0",
    "category": "Services/Helpdesk",
    "license": "AGPL-3",
    "author": "Kemenkes Helpdesk contributors",
    "website": "https://github.com/kemenkes-helpdesk/kemenkes-helpdesk",
    "depends": [
        "kemenkes_helpdesk",
        "survey",  # tests and certificates of agents
    ],
    "external_dependencies": {"python": ["krippendorff"]},
    "data": [
        "security/ir.model.access.csv",
        "security/helpdesk_qa_security.xml",
        "data/helpdesk_qa_root_cause_data.xml",
        "data/helpdesk_qa_scorecard_data.xml",
        "data/auditlog_rule_data.xml",
        "data/helpdesk_csat_reason_data.xml",
        "data/helpdesk_processing_data.xml",
        "data/ir_cron_data.xml",
        "wizard/helpdesk_qa_reason_views.xml",
        "views/helpdesk_qa_scorecard_views.xml",
        "views/helpdesk_qa_root_cause_views.xml",
        "views/helpdesk_qa_evaluation_views.xml",
        "views/helpdesk_qa_calibration_views.xml",
        "views/helpdesk_qa_coaching_views.xml",
        "views/helpdesk_qa_sample_views.xml",
        "views/helpdesk_qa_plan_views.xml",
        "views/helpdesk_csat_request_views.xml",
        "views/helpdesk_csat_reason_views.xml",
        "views/helpdesk_channel_views.xml",
        "views/csat_templates.xml",
        "views/helpdesk_training_views.xml",
        "views/viewer_training_templates.xml",
        "views/helpdesk_ticket_views.xml",
        "views/helpdesk_qa_menus.xml",
    ],
    "demo": [
        "demo/helpdesk_qa_demo.xml",
    ],
    "assets": {
        "web.assets_frontend": [
            "kemenkes_qa/static/src/rating/**/*",
        ],
        "web.assets_backend": [
            "kemenkes_qa/static/src/evaluation/**/*",
            "kemenkes_qa/static/src/workspace/**/*",
        ],
        "web.assets_tests": [
            "kemenkes_qa/static/tests/tours/**/*",
        ],
        "web.assets_unit_tests": [
            "kemenkes_qa/static/tests/**/*.test.js",
        ],
    },
}
