from odoo import models
from odoo.http import request
from odoo.tools import config

from ..tools import json_log

MODEL = "helpdesk.ticket"


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _dispatch(cls, endpoint):
        json_log.note_ticket(_ticket_of(request.params))
        return super()._dispatch(endpoint)

    def session_info(self):
        """Administrators' browsers warn of what keeps the second factor from being asked for."""
        info = super().session_info()
        if self.env.user.has_group("base.group_system"):
            info["helpdesk_second_factor_unsent"] = self.env["res.users"]._is_second_factor_unsent()
        return info

    @classmethod
    def _get_exception_code_values(cls, exception):
        """Pages of errors tell nobody where in our code it happened, whatever ``debug`` says in the address."""
        code, values = super()._get_exception_code_values(exception)
        inside = () if config["dev_mode"] else ("traceback", "qweb_exception")
        return code, {name: value for name, value in values.items() if name not in inside}


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
