from . import test_health, test_json_log, test_rights_matrix, test_storage
