import logging
import uuid
from http import HTTPStatus

from werkzeug.exceptions import HTTPException

from odoo.exceptions import AccessDenied, AccessError, ConcurrencyError, LockError, MissingError, UserError
from odoo.http import Dispatcher
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ..models.helpdesk_api import TEXTS
from ..tools.open_api import PROBLEM_TYPE, BadRequestError

_logger = logging.getLogger(__name__)

ROUTE_TYPE = "helpdesk_api"

# Exception -> status. Of these the words reach who asked: they were written for people.
STATUS_BY_ERROR = (
    (AccessDenied, 401),
    (AccessError, 403),
    (MissingError, 404),
    (LockError, 409),
    (UserError, 422),
)


class ApiDispatcher(Dispatcher):
    """Routes of type ``helpdesk_api``: errors are problems (RFC 9457) in plain words, whatever went wrong.

    Nothing of the server's inside reaches who asked; what is not expected is noted in the server's log under a number
    that the answer tells.
    """

    routing_type = ROUTE_TYPE

    @classmethod
    def is_compatible_with(cls, request):  # noqa: ARG003
        return True

    def dispatch(self, endpoint, args):
        self.request.params = dict(args)
        return self.request.registry["ir.http"]._dispatch(endpoint)

    def handle_error(self, exc):
        """The problem that answers an exception.

        :rtype: odoo.http.Response
        """
        if isinstance(exc, BadRequestError):
            return self._answer_bad_request(exc)
        if isinstance(exc, LookupError) and type(exc) is LookupError:
            return self.problem(404)
        if isinstance(exc, HTTPException):
            return self._answer_http_error(exc)
        if isinstance(exc, (*PG_CONCURRENCY_EXCEPTIONS_TO_RETRY, ConcurrencyError)):
            return self.problem(503, headers={"Retry-After": "1"})
        for kind, status in STATUS_BY_ERROR:
            if isinstance(exc, kind):
                return self.problem(status, detail=_plain_words(exc) if status != 401 else None)
        number = uuid.uuid4()
        _logger.error("Open API, problem %s", number, exc_info=exc)
        return self.problem(500, instance=f"urn:uuid:{number}")

    def _answer_bad_request(self, exc):
        api = self.request.env["helpdesk.api"]
        errors = [{"pointer": where, "detail": api._described_fault(kind, limit)} for where, kind, limit in exc.faults]
        return self.problem(422, errors=errors)

    def _answer_http_error(self, exc):
        if exc.response is not None and not exc.code:
            return exc.response
        status = exc.code or 500
        headers = {"Allow": ", ".join(exc.valid_methods)} if getattr(exc, "valid_methods", None) else {}
        return self.problem(status, headers=headers)

    def problem(self, status, detail=None, headers=None, **more):
        """An answer that tells what is wrong.

        :param int status: of HTTP
        :param str detail: in plain words; None: those of the status
        :param dict headers: of the answer
        :param more: further members, such as ``errors``
        :rtype: odoo.http.Response
        """
        env = self.request.env
        words = detail or (env._(TEXTS[status]) if env and status in TEXTS else None)
        problem = {
            "type": "about:blank",
            "title": HTTPStatus(status).phrase,
            "status": status,
            **({"detail": words} if words else {}),
            **more,
        }
        response = self.request.make_json_response(problem, headers=headers or {}, status=status)
        response.headers["Content-Type"] = PROBLEM_TYPE
        return response


def _plain_words(exc):
    """The words of an exception that was written for people; Odoo's own of several lines name models and accounts."""
    words = str(exc.args[0]) if exc.args else ""
    return words if "\n" not in words else None
