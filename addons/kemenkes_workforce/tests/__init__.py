from . import (
    test_activity,
    test_distribution,
    test_distribution_rules,
    test_equipment_fault,
    test_nda,
    test_onboarding,
    test_replacement,
    test_rights_matrix,
    test_work,
    test_work_tours,
)
