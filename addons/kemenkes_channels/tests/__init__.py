from . import (
    test_health,
    test_inbox,
    test_outbox,
    test_receiver,
    test_review,
    test_review_import,
    test_rights_matrix,
    test_tools,
    test_webhook,
)
