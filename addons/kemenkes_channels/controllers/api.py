import json
import re
from urllib.parse import unquote

from werkzeug.exceptions import BadRequest, MethodNotAllowed, NotFound, RequestEntityTooLarge, UnsupportedMediaType

from odoo import http
from odoo.exceptions import ConcurrencyError
from odoo.http import request
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ..tools import open_api
from .api_dispatcher import ROUTE_TYPE

MAX_BYTES = 1024 * 1024
# Wrong keys a minute from one network.
MAX_WRONG_KEYS = 30
METHODS = ["GET", "POST", "PATCH", "PUT", "DELETE"]
REQUEST_NAME = re.compile(r"[!-~]{1,200}")
LANGUAGES = {"id": "id_ID", "en": "en_US"}


class OpenApi(http.Controller):
    """The open API: keys, limits and the document; what is asked for is done by ``helpdesk.api`` (R23.c.2)."""

    # DESCRIPTION

    @http.route("/helpdesk/api/openapi.json", type="http", auth="public", methods=["GET"], save_session=False)
    def describe(self, **_params):
        """The OpenAPI document, in the language that is asked for."""
        self._choose_language()
        document = json.dumps(request.env["helpdesk.api"]._document(), ensure_ascii=False)
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Access-Control-Allow-Origin": "*",
            "Vary": "Accept-Language",
        }
        return request.make_response(document, headers=list(headers.items()))

    @http.route("/helpdesk/api", type="http", auth="public", website=True, methods=["GET"], sitemap=False)
    def read(self, **_params):  # pylint: disable=method-required-super
        """The document as a page for people."""
        document = request.env["helpdesk.api"]._document()
        response = request.render(
            "kemenkes_channels.api_page",
            {"page_title": document["info"]["title"], "document": document, **_sections(document)},
        )
        response.headers["Content-Security-Policy"] = "frame-ancestors 'self'"
        return response

    def _choose_language(self):
        wanted = request.httprequest.accept_languages.best_match(list(LANGUAGES), default="id")
        installed = dict(request.env["res.lang"].get_installed())
        code = LANGUAGES[wanted]
        request.update_context(lang=code if code in installed else request.env.lang)

    # REQUESTS

    @http.route(
        f"{open_api.BASE}/<path:path>",
        type=ROUTE_TYPE,
        auth="public",
        methods=METHODS,
        csrf=False,
        save_session=False,
        readonly=False,
        max_content_length=MAX_BYTES,
    )
    def call(self, path):
        """One request. Its count stays, whatever becomes of the rest."""
        api = request.env["helpdesk.api"]
        method = request.httprequest.method
        operation, numbers = api._find_operation("GET" if method == "HEAD" else method, f"/{path}")
        if not operation and not numbers:
            raise NotFound
        if not operation:
            raise MethodNotAllowed(valid_methods=numbers)
        key = self._authenticate()
        if not key:
            return self._refuse_stranger()
        is_allowed, left, wait = key._take_request()
        if not is_allowed:
            return request.dispatcher.problem(429, headers={"Retry-After": str(wait)})
        try:
            with request.env.cr.savepoint():
                response = self._answer(operation, numbers, key)
        except (*PG_CONCURRENCY_EXCEPTIONS_TO_RETRY, ConcurrencyError):
            raise  # Odoo plays the request again
        except Exception as error:  # noqa: BLE001 (every error becomes a problem; the unexpected ones are logged there)
            request.env.invalidate_all()
            response = request.dispatcher.handle_error(error)
        response.headers["RateLimit-Limit"] = str(key.rate_limit)
        response.headers["RateLimit-Remaining"] = str(left)
        response.headers["Cache-Control"] = "no-store"
        return response

    def _authenticate(self):
        """The key of the request; from here on it is the request of the key's account.

        :return: ``helpdesk.api.key``, sudo; empty for a stranger
        """
        header = request.httprequest.headers.get("Authorization", "")
        kind, _space, secret = header.partition(" ")
        keys = request.env["helpdesk.api.key"]
        if kind.lower() != "bearer" or not secret.strip():
            return keys
        key = keys._authenticate(secret.strip())
        if key:
            # a browser's cookie is not asked: whose request it is, is told by the key alone
            request.session.uid = None
            request.session.can_save = False
            user = key.user_id
            request.update_env(user=user.id, context={"lang": user.lang, "tz": user.tz})
        return key

    def _refuse_stranger(self):
        limits = request.env["helpdesk.rate.limit"]
        network = limits._network(request.httprequest.remote_addr)
        is_allowed, _left, wait = limits._take_counted("api-key", network, MAX_WRONG_KEYS, seconds=60)
        if not is_allowed:
            return request.dispatcher.problem(429, headers={"Retry-After": str(wait)})
        return request.dispatcher.problem(401, headers={"WWW-Authenticate": "Bearer"})

    def _answer(self, operation, numbers, key):
        query = request.httprequest.args.items(multi=True)
        body = self._read_body() if operation.body else None
        api = request.env["helpdesk.api"]
        if operation.method != "POST":
            result = api._run(operation, numbers, list(query), body, key)
        else:
            result = api._run_once(operation, numbers, list(query), body, key, self._request_name())
        request.env.flush_all()
        if isinstance(result, http.Response):
            return result
        return request.make_json_response(result, status=operation.status)

    def _request_name(self):
        header = request.httprequest.headers.get("Idempotency-Key")
        if header is None:
            return ""
        name = unquote(header)
        if not REQUEST_NAME.fullmatch(name):
            raise open_api.BadRequestError([("Idempotency-Key", "pattern", None)])
        return name

    def _read_body(self):
        if request.httprequest.mimetype != "application/json":
            raise UnsupportedMediaType
        if (request.httprequest.content_length or 0) > MAX_BYTES:
            raise RequestEntityTooLarge
        try:
            return open_api.parse_json(request.httprequest.get_data())
        except ValueError:
            raise BadRequest from None


def _sections(document):
    """The document in the order in which a page shows it: ``{"sections": [(tag, operations)], "schemas": [...]}``."""
    operations = [
        {"method": method.upper(), "path": path, **operation}
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    sections = [
        (tag["name"], [operation for operation in operations if tag["name"] in operation["tags"]])
        for tag in document["tags"]
    ]
    schemas = [
        (name, [(field, *_kind(part)) for field, part in schema["properties"].items()], schema.get("required", ()))
        for name, schema in document["components"]["schemas"].items()
    ]
    return {"sections": sections, "schemas": schemas, "kind": _kind}


def _kind(schema):
    """What a value is, in a word, and the name of the schema that it leads to."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return name, name
    if "anyOf" in schema:
        return _kind(schema["anyOf"][0])
    if schema.get("type") == "array":
        name, link = _kind(schema["items"])
        return f"{name}[]", link
    kind = schema.get("type", "")
    kind = kind[0] if isinstance(kind, list) else kind
    return schema.get("format") or kind, None
