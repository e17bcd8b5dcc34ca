{
    "name": "Kemenkes Helpdesk: Channels",
    "summary": "WhatsApp, X, Facebook, Instagram, Telegram, app stores, live chat, call, open API",
    "version": "19.0.1.0.0",
    "category": "Services/Helpdesk",
    "license": "AGPL-3",
    "author": "Kemenkes Helpdesk contributors",
    "website": "https://github.com/kemenkes-helpdesk/kemenkes-helpdesk",
    "depends": [
        "kemenkes_helpdesk",
        "im_livechat",  # the widget on the ministry's pages, and its chatbot
    ],
    "data": [
        "security/helpdesk_relay_groups.xml",
        "security/ir.model.access.csv",
        "security/helpdesk_channels_security.xml",
        "security/helpdesk_review_security.xml",
        "data/auditlog_rule_data.xml",
        "data/ir_cron_data.xml",
        "views/helpdesk_channel_views.xml",
        "views/helpdesk_channel_template_views.xml",
        "views/helpdesk_channel_relay_views.xml",
        "wizard/helpdesk_review_answer_views.xml",
        "views/helpdesk_ticket_comments_views.xml",
        "views/helpdesk_channel_pull_views.xml",
        "views/helpdesk_review_views.xml",
        "views/helpdesk_review_rule_views.xml",
        "views/helpdesk_review_import_views.xml",
    ],
    "demo": [
        "demo/helpdesk_channel_meta_demo.xml",
        "demo/helpdesk_channel_store_demo.xml",
        "demo/helpdesk_review_demo.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "kemenkes_channels/static/src/answer/**/*",
            "kemenkes_channels/static/src/thread/**/*",
            "kemenkes_channels/static/src/conversation/**/*",
            "kemenkes_channels/static/src/review/**/*",
        ],
        "web.assets_unit_tests": [
            "kemenkes_channels/static/tests/**/*.test.js",
        ],
    },
}
