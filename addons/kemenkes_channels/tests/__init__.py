from . import test_inbox, test_webhook
