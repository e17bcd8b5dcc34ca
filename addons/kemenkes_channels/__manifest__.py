{
    "name": "Kemenkes Helpdesk: Channels",
    "summary": "WhatsApp, X, Facebook, Instagram, Telegram, app stores, live chat, call, open API",
    "version": "19.0.1.3.0",
    "category": "Services/Helpdesk",
    "license": "AGPL-3",
    "author": "Kemenkes Helpdesk contributors",
    "website": "https://github.com/kemenkes-helpdesk/kemenkes-helpdesk",
    "depends": [
        "kemenkes_helpdesk",
        "im_livechat",  # the widget on the ministry's pages, and its chatbot
    ],
    "external_dependencies": {
        "python": [
            "facebook-sdk",  # calls of the Graph API
            "jsonschema",  # what comes into the open API is checked against its own document
            "prometheus-client",  # the receiver tells what it has done
            "pyjwt",  # tokens of the App Store and of Google Play
            "python-twitter-v2",  # calls of X
            "websocket-client",  # events of Asterisk
        ]
    },
    "data": [
        "security/helpdesk_relay_groups.xml",
        "security/ir.model.access.csv",
        "security/helpdesk_channels_security.xml",
        "security/helpdesk_livechat_security.xml",
        "security/helpdesk_review_security.xml",
        "data/helpdesk_api_scope_data.xml",
        "data/helpdesk_webhook_event_data.xml",
        "data/helpdesk_processing_data.xml",
        "security/helpdesk_call_security.xml",
        "data/auditlog_rule_data.xml",
        "data/ir_cron_data.xml",
        "data/ir_cron_livechat_data.xml",
        "views/helpdesk_channel_views.xml",
        "views/helpdesk_channel_template_views.xml",
        "views/helpdesk_channel_relay_views.xml",
        "views/helpdesk_channel_livechat_views.xml",
        "wizard/helpdesk_review_answer_views.xml",
        "views/helpdesk_ticket_comments_views.xml",
        "views/helpdesk_channel_pull_views.xml",
        "views/helpdesk_review_views.xml",
        "views/helpdesk_review_rule_views.xml",
        "views/helpdesk_review_import_views.xml",
        "views/helpdesk_api_key_views.xml",
        "views/api_templates.xml",
        "wizard/helpdesk_webhook_replay_views.xml",
        "views/helpdesk_webhook_views.xml",
        "views/helpdesk_webhook_delivery_views.xml",
        "views/helpdesk_call_views.xml",
        "views/helpdesk_ticket_call_views.xml",
        "views/helpdesk_channel_call_views.xml",
        "views/res_users_call_views.xml",
    ],
    "demo": [
        "demo/chatbot_script_demo.xml",
        "demo/helpdesk_channel_meta_demo.xml",
        "demo/helpdesk_channel_livechat_demo.xml",
        "demo/helpdesk_channel_store_demo.xml",
        "demo/helpdesk_review_demo.xml",
        "demo/helpdesk_api_demo.xml",
        "demo/helpdesk_call_demo.xml",
        "demo/helpdesk_chat_demo.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "kemenkes_channels/static/src/answer/**/*",
            "kemenkes_channels/static/src/workspace/**/*",
            "kemenkes_channels/static/src/thread/**/*",
            "kemenkes_channels/static/src/conversation/**/*",
            "kemenkes_channels/static/src/review/**/*",
            "kemenkes_channels/static/src/call/**/*",
            "kemenkes_channels/static/src/livechat/**/*",
            "kemenkes_channels/static/src/livechat_web/**/*",
        ],
        # the widget on the ministry's pages
        "im_livechat.assets_embed_core": [
            "kemenkes_channels/static/src/livechat/**/*",
            "kemenkes_channels/static/src/livechat_visitor/**/*",
        ],
        "web.assets_tests": [
            "kemenkes_channels/static/tests/tours/**/*",
        ],
        "web.assets_unit_tests": [
            "kemenkes_channels/static/tests/**/*.test.js",
        ],
    },
}
