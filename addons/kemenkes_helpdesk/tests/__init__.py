from . import test_answering, test_ledger
