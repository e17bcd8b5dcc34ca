from . import test_inbox, test_rights_matrix, test_webhook
