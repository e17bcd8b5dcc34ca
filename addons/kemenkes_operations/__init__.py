from . import controllers, models
from .tools.json_log import start as post_load
