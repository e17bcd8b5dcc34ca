from . import (
    test_distribution,
    test_distribution_rules,
    test_rights_matrix,
    test_work,
    test_work_tours,
)
