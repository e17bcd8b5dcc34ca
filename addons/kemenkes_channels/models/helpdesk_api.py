import dataclasses
import hashlib
import json

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools.translate import LazyGettext, LazyTranslate

from ..tools import open_api
from ..tools.open_api import BadRequestError, number, optional, record, text

_lt = LazyTranslate(__name__)

PAGE_SIZE = 50
MAX_PAGE_SIZE = 200

TEXTS = {
    "title": _lt("Kemenkes Helpdesk API"),
    "description": _lt(
        "Tickets, messages, customers, categories and reviews for other systems. A key acts in the name of its "
        "account: it reads and changes what the account may, and customers' personal data is masked as the account "
        "sees it. Times are UTC."
    ),
    "security": _lt("The API key, as “Authorization: Bearer …”. The administrator makes it under Configuration."),
    "scope": _lt("Needs the scope %s."),
    "success": _lt("Done."),
    "limit": _lt("Requests a minute that the key may make."),
    "remaining": _lt("Requests that are left in this minute."),
    "idempotency": _lt(
        "A name of your choice for this request. Sent again with the same body within 24 hours it gives the same "
        "answer and does nothing twice."
    ),
    400: _lt("The request can't be read."),
    401: _lt("The key is missing, unknown, or its time is over."),
    403: _lt("The key or its account may not do this."),
    404: _lt("There is no such thing, or the account may not see it."),
    409: _lt("It does not fit the present state."),
    413: _lt("The body is too large."),
    415: _lt("The body must be JSON."),
    422: _lt("Something in the request is not as described; “errors” says what."),
    429: _lt("Too many requests. Wait as many seconds as “Retry-After” says."),
    500: _lt("Something went wrong on our side; it has been noted under the number given."),
    503: _lt("Too much at once on the same thing. Try again."),
}
LIMIT = ("limit", number(1, MAX_PAGE_SIZE, default=PAGE_SIZE, description=_lt("Records on a page.")))
CURSOR = ("cursor", text(200, 1, description=_lt("“next_cursor” of the page before.")))
PAGING = (LIMIT, CURSOR)


class HelpdeskApi(models.AbstractModel):
    """What other systems may ask of the helpdesk: thin over the models, in the name of the key's account (R23.c.2).

    Each concern adds its operations and schemas (``helpdesk_api_ticket`` and others), other addons too; the document,
    the checks of what comes in and the page for readers are all made of them.
    """

    _name = "helpdesk.api"
    _description = "Open API"

    # WHAT THERE IS

    @api.model
    def _operations(self):
        """The operations of the API; each concern adds its own.

        :return: list of :class:`open_api.Operation`
        """
        return []

    @api.model
    def _schemas(self):
        """The schemas by name; each concern adds its own.

        :rtype: dict
        """
        return {
            "Reference": record({"id": number(0), "name": {"type": "string"}}, required=("id", "name")),
            "Problem": {
                "type": "object",
                "description": _lt("What went wrong (RFC 9457)."),
                "properties": {
                    "type": {"type": "string"},
                    "title": {"type": "string"},
                    "status": {"type": "integer"},
                    "detail": {"type": "string"},
                    "instance": {"type": "string"},
                    "errors": {
                        "type": "array",
                        "items": record({"pointer": {"type": "string"}, "detail": {"type": "string"}}),
                    },
                },
                "required": ["type", "title", "status"],
            },
        }

    @api.model
    def _document(self):
        """The OpenAPI document in the environment's language."""
        # sudo: the order in which scopes are shown is no secret
        scopes = {scope.code: scope.sequence for scope in self.env["helpdesk.api.scope"].sudo().search([])}
        operations = [
            dataclasses.replace(
                operation,
                summary=self._translate(operation.summary),
                tag=self._translate(operation.tag),
                query=self._translate(operation.query),
            )
            for operation in sorted(self._operations(), key=lambda operation: scopes.get(operation.scope, 0))
        ]
        return open_api.build_document(
            operations, self._translate(self._schemas()), self._translate(TEXTS), self.get_base_url()
        )

    @api.model
    def _translate(self, value):
        if isinstance(value, LazyGettext):
            return self.env._(value)
        if isinstance(value, dict):
            return {key: self._translate(part) for key, part in value.items()}
        if isinstance(value, list | tuple):
            return type(value)(self._translate(part) for part in value)
        return value

    # WHAT IS DONE

    @api.model
    def _find_operation(self, method, path):
        """The operation behind a request.

        :return: ``(operation, numbers in the path)``, or ``(None, methods that the path has)``
        """
        methods = []
        for operation in self._operations():
            numbers = operation.match(path)
            if numbers is None:
                continue
            if operation.method == method:
                return operation, numbers
            methods.append(operation.method)
        return None, methods

    @api.model
    def _run(self, operation, numbers, query, body, key):
        """Check what came in and do it.

        :param operation: :class:`open_api.Operation`
        :param dict numbers: from the path
        :param list query: ``(name, text)`` behind the question mark
        :param body: JSON value, None where there is none
        :param key: ``helpdesk.api.key``, sudo
        :return: JSON value, or a response of Odoo's where the answer is a file
        :raise BadRequestError: it breaks the description
        :raise AccessError: the key's scopes or its account's rights do not allow it
        """
        if operation.scope not in key._scopes():
            raise AccessError(self.env._("This key does not have the scope %s.", operation.scope))
        values = open_api.read_query(operation.query, query)
        if operation.body:
            open_api.check_body(self._schemas(), operation.body, body)
            values["body"] = body
        return getattr(self.with_context(helpdesk_api_key_id=key.id), f"_do_{operation.name}")(**numbers, **values)

    @api.model
    def _run_once(self, operation, numbers, query, body, key, name):
        """The same for a request that has a name: what was done under it before is not done again.

        :param str name: of the ``Idempotency-Key`` header, empty for none
        :return: JSON value
        """
        if not name:
            return self._run(operation, numbers, query, body, key)
        asked = json.dumps([operation.name, numbers, sorted(query), body], sort_keys=True)
        answers = self.env["helpdesk.api.answer"]
        told = answers._begin(key, name, hashlib.sha256(asked.encode()).hexdigest())
        if told.is_done:
            return json.loads(told.answer)
        result = self._run(operation, numbers, query, body, key)
        told._finish(result)
        return result

    # HELP FOR THE OPERATIONS

    @api.model
    def _find(self, model, record_id, pointer=None):
        """A record that the account may read.

        :param str pointer: where in the request the number stands, for a reference; None: it is the thing asked for
        :raise LookupError: there is none, or the account may not see it
        :raise BadRequestError: the same for a reference
        """
        found = self.env[model].browse()
        if self.env[model].has_access("read"):
            found = self.env[model].search([("id", "=", record_id)])
        if found:
            return found
        if pointer:
            raise BadRequestError([(pointer, "reference", None)])
        raise LookupError

    @api.model
    def _page(self, model, domain, limit, cursor, serialize, newest_first=True):
        """One page of a list by number, the next one beginning where this one ends.

        :param str model: name
        :param domain: ``Domain``
        :param serialize: function of the records, giving a list of JSON values
        """
        records = self.env[model]
        records.check_access("read")
        if cursor:
            (last_id,) = open_api.read_cursor(cursor, (int,))
            domain &= Domain("id", "<" if newest_first else ">", last_id)
        found = records.search(domain, order="id desc" if newest_first else "id", limit=limit + 1)
        page = found[:limit]
        more = len(found) > limit
        return {"data": serialize(page), "next_cursor": open_api.write_cursor(page[-1:].id) if more else None}

    @api.model
    def _named(self, value):
        """A many-to-one as ``read`` gives it, for the answer."""
        return {"id": value[0], "name": value[1] or ""} if value else None

    @api.model
    def _described_fault(self, kind, limit):
        """What is wrong with a value, in plain words.

        :param str kind: the check that it failed
        :param limit: what the check asks for
        """
        words = {
            "required": self.env._("This is missing."),
            "unknown": self.env._("There is no such field or parameter."),
            "twice": self.env._("This was given twice."),
            "type": self.env._("This is of the wrong kind; expected: %s.", limit),
            "enum": self.env._("This must be one of: %s.", limit),
            "minLength": self.env._("This must not be empty."),
            "maxLength": self.env._("This is too long; at most %s characters.", limit),
            "minimum": self.env._("This is too small; at least %s.", limit),
            "maximum": self.env._("This is too large; at most %s.", limit),
            "minItems": self.env._("At least %s are needed.", limit),
            "maxItems": self.env._("At most %s are possible.", limit),
            "minProperties": self.env._("Say what to change."),
            "format": self.env._("This is no time with a zone, such as 2026-11-27T09:30:00+07:00."),
            "pattern": self.env._("This has characters that are not allowed."),
            "cursor": self.env._("This is no cursor of ours: use “next_cursor” of the page before."),
            "reference": self.env._("There is no such record, or the account may not see it."),
            "reused": self.env._("Another request was sent under this name."),
            "contact": self.env._("This is no complete address or number."),
        }
        return words.get(kind) or self.env._("This is not as described.")


def optional_text():
    """Schema of a text in an answer that may be missing."""
    return optional({"type": "string"})
