from . import (
    test_csat_channels,
    test_dashboard,
    test_export,
    test_kpi,
    test_rights_matrix,
    test_sentiment,
    test_viewer_figures,
)
