from . import (
    test_account_security,
    test_foreign_records,
    test_health,
    test_hostile_input,
    test_hostile_texts,
    test_json_log,
    test_migrations,
    test_open_doors,
    test_rights_matrix,
    test_scan,
    test_single_sign_on,
    test_storage,
)
