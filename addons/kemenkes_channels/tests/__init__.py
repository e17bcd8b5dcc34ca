from . import (
    test_health,
    test_inbox,
    test_meta_end_to_end,
    test_meta_webhooks,
    test_outbox,
    test_receiver,
    test_relay,
    test_review,
    test_review_import,
    test_rights_matrix,
    test_tools,
    test_webhook,
)
