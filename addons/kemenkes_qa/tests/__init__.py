from . import test_evaluation, test_qa_demo, test_rights_matrix, test_score, test_scorecard
