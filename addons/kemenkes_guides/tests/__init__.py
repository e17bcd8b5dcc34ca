from . import test_first_hour, test_guide, test_workspace_accessibility
