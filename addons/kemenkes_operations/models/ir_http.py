from odoo import models
from odoo.http import request

from ..tools import json_log

MODEL = "helpdesk.ticket"


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _dispatch(cls, endpoint):
        json_log.note_ticket(_ticket_of(request.params))
        return super()._dispatch(endpoint)


def _ticket_of(params):
    """Id of the one ticket that a request names, None where it names none or several."""
    if params.get("model") == MODEL:
        args = params.get("args")
        ids = args[0] if isinstance(args, list) and args else None
        return _id(ids[0]) if isinstance(ids, list) and len(ids) == 1 else None
    if params.get("thread_model") == MODEL:
        return _id(params.get("thread_id"))
    return _id(params.get("ticket_id"))


def _id(value):
    return int(value) if str(value).isdecimal() else None
