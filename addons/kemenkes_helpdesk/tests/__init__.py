from . import (
    test_answering,
    test_citizen_portal,
    test_demo,
    test_form_submission,
    test_ledger,
    test_ledger_accounts,
    test_ledger_parallel,
    test_portal_tours,
    test_rights_isolation,
    test_rights_matrix,
    test_web_form,
)
