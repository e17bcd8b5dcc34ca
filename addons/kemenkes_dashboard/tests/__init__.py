from . import (
    test_api_export,
    test_csat_channels,
    test_dashboard,
    test_dashboard_screens,
    test_embed,
    test_export,
    test_kpi,
    test_rights_matrix,
    test_sentiment,
    test_topic,
    test_viewer_figures,
    test_wallboard,
)
