from . import test_answering, test_demo, test_ledger, test_ledger_accounts, test_ledger_parallel
