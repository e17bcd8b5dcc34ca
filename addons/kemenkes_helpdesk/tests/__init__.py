from . import test_answering, test_demo, test_ledger
