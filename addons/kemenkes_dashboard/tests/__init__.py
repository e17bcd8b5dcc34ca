from . import test_csat_channels, test_rights_matrix, test_sentiment
