{
    "name": "Kemenkes Helpdesk: Dashboards",
    "summary": "Figures of every day, backlog, sentiment of what customers write; raw data to download",
    "version": "19.0.1.3.0",
    "category": "Services/Helpdesk",
    "license": "AGPL-3",
    "author": "Kemenkes Helpdesk contributors",
    "website": "https://github.com/kemenkes-helpdesk/kemenkes-helpdesk",
    "depends": [
        "kemenkes_channels",
        "kemenkes_qa",
        "kemenkes_sla",
        "kemenkes_workforce",
        "spreadsheet_dashboard_oca",  # dashboards that supervisors edit
    ],
    "external_dependencies": {
        "python": [
            "minio",  # raw data put into storage that speaks S3
            "paramiko",  # raw data sent over SFTP
            "xlwt",  # XLS
        ]
    },
    "data": [
        "security/ir.model.access.csv",
        "security/helpdesk_kpi_security.xml",
        "security/helpdesk_sentiment_security.xml",
        "security/helpdesk_export_security.xml",
        "security/helpdesk_wallboard_security.xml",
        "security/helpdesk_topic_security.xml",
        "security/helpdesk_report_security.xml",
        "security/helpdesk_delivery_security.xml",
        "data/ir_cron_data.xml",
        "views/helpdesk_backlog_day_views.xml",
        "views/helpdesk_sentiment_views.xml",
        "views/helpdesk_topic_views.xml",
        "views/helpdesk_ticket_views.xml",
        "views/viewer_figures_templates.xml",
        "report/helpdesk_kpi_report_views.xml",
        "data/spreadsheet_dashboard_data.xml",
        "data/helpdesk_api_scope_data.xml",
        "views/helpdesk_export_views.xml",
        "views/helpdesk_database_login_views.xml",
        "views/helpdesk_kpi_rebuild_views.xml",
        "views/export_templates.xml",
        "views/helpdesk_wallboard_views.xml",
        "views/helpdesk_wallboard_screen_views.xml",
        "views/wallboard_templates.xml",
        "views/helpdesk_embed_application_views.xml",
        "views/embed_templates.xml",
        "views/helpdesk_report_views.xml",
        "views/report_templates.xml",
        "views/helpdesk_delivery_place_views.xml",
        "views/helpdesk_delivery_views.xml",
        "data/helpdesk_report_data.xml",
        "data/auditlog_rule_data.xml",
    ],
    "demo": [
        "demo/helpdesk_kpi_demo.xml",
        "demo/helpdesk_wallboard_demo.xml",
        "demo/helpdesk_delivery_demo.xml",
    ],
    "assets": {
        "spreadsheet.o_spreadsheet": ["kemenkes_dashboard/static/src/dashboard/*.js"],
        "web.assets_backend": [
            "kemenkes_dashboard/static/src/rebuild/*",
            "kemenkes_dashboard/static/src/report/*.scss",
        ],
        "web.assets_frontend": [
            "kemenkes_dashboard/static/src/export/*.scss",
            "kemenkes_dashboard/static/src/figures/*.scss",
            "kemenkes_dashboard/static/src/report/*.scss",
        ],
        "web.assets_unit_tests": ["kemenkes_dashboard/static/tests/**/*.test.js"],
    },
}
