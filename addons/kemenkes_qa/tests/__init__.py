from . import (
    test_calibration,
    test_coaching,
    test_csat,
    test_evaluation,
    test_qa_demo,
    test_quality_tour,
    test_rights_matrix,
    test_sampling,
    test_score,
    test_scorecard,
    test_training,
    test_workspace_satisfaction,
)
