from . import (
    test_rights_matrix,
    test_work,
)
