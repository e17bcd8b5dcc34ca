from . import controllers, models
from .tools import json_log, security_headers


def post_load():
    """Every answer of this process has an id and the headers that browsers protect by."""
    json_log.start()
    security_headers.start()
