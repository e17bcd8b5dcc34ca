from . import (
    test_rights_matrix,
    test_sla_attainment,
    test_sla_clock,
    test_sla_demo,
    test_sla_history,
    test_sla_policy,
    test_sla_screens,
    test_sla_status,
    test_statement,
    test_target,
)
