from . import test_rights_matrix, test_sentiment
