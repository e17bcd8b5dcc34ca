import json

from odoo import models
from odoo.http import request

SERVER_FAULT = 500


class IrHttp(models.AbstractModel):
    """Odoo's own interface for other systems (JSON-2) tells whoever calls it the server's traceback; not here."""

    _inherit = "ir.http"

    @classmethod
    def _handle_error(cls, exception):
        response = super()._handle_error(exception)
        if request.dispatcher.routing_type != "json2" or not getattr(response, "is_json", False):
            return response
        told = json.loads(response.get_data())
        if not isinstance(told, dict) or "debug" not in told:
            return response
        told["debug"] = ""
        if response.status_code >= SERVER_FAULT:
            # a fault of the database or of a program names tables, values and files
            told |= {"message": "Internal Server Error", "arguments": []}
        response.set_data(json.dumps(told))
        return response
