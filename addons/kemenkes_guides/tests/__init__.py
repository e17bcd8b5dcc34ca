from . import test_first_hour
from . import test_guide
