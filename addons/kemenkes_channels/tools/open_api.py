"""The open API's description, and the checks made from it: one source for both (OpenAPI 3.1, JSON Schema 2020-12)."""

import base64
import binascii
import json
import re
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import cached_property

from jsonschema import Draft202012Validator, FormatChecker

VERSION = "1.0.0"
BASE = "/helpdesk/api/v1"
MAX_ID = 2_147_483_647
# PostgreSQL's text holds no NUL.
TEXT_PATTERN = "^[^\\u0000]*$"
PROBLEM_TYPE = "application/problem+json"

_formats = FormatChecker(formats=())


@_formats.checks("date-time")
def _is_moment(value):
    """RFC 3339 with a zone, in the years that the database and every time zone can hold."""
    return not isinstance(value, str) or parse_moment(value) is not None


class BadRequestError(Exception):
    """What was sent breaks the description. ``faults`` is a list of ``(pointer, validator's name, limit)``."""

    def __init__(self, faults):
        super().__init__(faults)
        self.faults = faults


@dataclass(frozen=True)
class Operation:
    """One thing that the API does.

    :param str name: its id in the document; the method of ``helpdesk.api`` that does it is ``_do_<name>``
    :param str method: HTTP method
    :param str path: below :data:`BASE`, with ``{names}`` of whole numbers
    :param str scope: what a key must be allowed, such as ``tickets:read``
    :param summary: a line for people
    :param str tag: heading under which it stands
    :param query: ``(name, JSON Schema)`` of the parameters behind the question mark
    :param str body: name of the body's schema; empty: no body
    :param str answer: name of the answer's schema
    :param int status: of success
    :param media_types: types that the answer may have
    """

    name: str
    method: str
    path: str
    scope: str
    summary: object
    tag: object
    query: tuple = ()
    body: str = ""
    answer: str = ""
    status: int = 200
    media_types: tuple = ("application/json",)

    @cached_property
    def path_names(self):
        """Names of the numbers in the path."""
        return re.findall(r"{(\w+)}", self.path)

    @cached_property
    def _pattern(self):
        return re.compile(re.sub(r"{(\w+)}", r"(?P<\1>[0-9]{1,10})", self.path))

    def match(self, path):
        """The numbers in ``path``, or None where it is another operation's."""
        found = self._pattern.fullmatch(path)
        if not found:
            return None
        numbers = {name: int(value) for name, value in found.groupdict().items()}
        return numbers if all(number <= MAX_ID for number in numbers.values()) else None


# SCHEMAS


def text(length, at_least=0, **more):
    """Schema of a text."""
    schema = {"type": "string", "maxLength": length, "pattern": TEXT_PATTERN, **more}
    return {**schema, "minLength": at_least} if at_least else schema


def number(lowest=1, highest=MAX_ID, **more):
    """Schema of a whole number."""
    return {"type": "integer", "minimum": lowest, "maximum": highest, **more}


def moment(**more):
    """Schema of a time with its zone."""
    return {"type": "string", "format": "date-time", **more}


def optional(schema):
    """The same, or null."""
    return {**schema, "type": [schema["type"], "null"]}


def reference(name):
    """Schema by its name in the document."""
    return {"$ref": f"#/components/schemas/{name}"}


def optional_reference(name):
    """The same, or null."""
    return {"anyOf": [reference(name), {"type": "null"}]}


def record(properties, required=(), **more):
    """Schema of an object that has these properties and no others."""
    return {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        **({"required": list(required)} if required else {}),
        **more,
    }


def page_of(name):
    """Schema of one page of a list."""
    return record(
        {"data": {"type": "array", "items": reference(name)}, "next_cursor": optional({"type": "string"})},
        required=("data", "next_cursor"),
    )


# CHECKS


def check_body(schemas, name, value):
    """Check a body against its schema.

    :param dict schemas: all of the document's
    :param str name: of the body's schema
    :raise BadRequestError: with all that is wrong
    """
    root = {**reference(name), "components": {"schemas": schemas}}
    _raise_faults(Draft202012Validator(root, format_checker=_formats).iter_errors(value), "")


def read_query(query, given):
    """The parameters behind the question mark as values.

    :param query: ``{name: JSON Schema}``
    :param given: list of ``(name, text)`` as they came
    :raise BadRequestError: with all that is wrong
    """
    known, values, faults = dict(query), {}, []
    for name, written in given:
        if name not in known or name in values:
            faults.append((f"?{name}", "unknown" if name not in known else "twice", None))
            continue
        values[name] = _read_value(known[name], written)
    for name in [name for name in values if name in known]:
        validator = Draft202012Validator(known[name], format_checker=_formats)
        faults += [
            (f"?{name}", error.validator, error.validator_value) for error in validator.iter_errors(values[name])
        ]
    if faults:
        raise BadRequestError(faults)
    return {name: schema["default"] for name, schema in known.items() if "default" in schema} | values


def _read_value(schema, written):
    if schema["type"] == "integer" and re.fullmatch(r"-?[0-9]{1,18}", written):
        return int(written)
    if schema["type"] == "boolean" and written in ("true", "false"):
        return written == "true"
    if schema["type"] == "array":
        return written.split(",")
    return written


def _raise_faults(errors, prefix):
    faults = []
    for error in errors:
        where = prefix + "".join(f"/{_escape(part)}" for part in error.absolute_path)
        if error.validator == "required":
            faults += [
                (f"{where}/{name}", "required", None) for name in error.validator_value if name not in error.instance
            ]
        elif error.validator == "additionalProperties":
            extra = set(error.instance) - set(error.schema.get("properties", ()))
            faults += [(f"{where}/{_escape(name)}", "unknown", None) for name in sorted(extra)]
        else:
            faults.append((where or "/", error.validator, error.validator_value))
    if faults:
        raise BadRequestError(list(dict.fromkeys((where, kind, str(limit)) for where, kind, limit in faults)))


def _escape(part):
    return str(part).replace("~", "~0").replace("/", "~1")


def parse_json(raw):
    """The value in a body.

    :raise ValueError: no JSON (RFC 8259), nested too deeply, or with letters that no text can hold
    """
    try:
        value = json.loads(raw.decode(), parse_constant=_refuse_constant)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    # half of a pair can't be stored: raises UnicodeEncodeError, a ValueError
    json.dumps(value, ensure_ascii=False).encode()
    return value


def _refuse_constant(name):
    raise ValueError(f"{name} is no JSON")


def parse_moment(value):
    """A time as naive UTC, or None for what is none.

    :param str value: RFC 3339
    """
    if not re.match(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d", value):
        return None
    try:
        parsed = datetime.fromisoformat(re.sub(r"[zZ]$", "+00:00", _shorten_fraction(value)))
    except ValueError:
        return None
    if parsed.tzinfo is None or not 1900 <= parsed.year <= 2200:
        return None
    return parsed.astimezone(timezone.utc).replace(tzinfo=None)


def _shorten_fraction(value):
    # Python 3.10 reads three or six digits only
    return re.sub(r"\.(\d+)", lambda found: "." + found[1][:6].ljust(6, "0"), value, count=1)


def format_moment(value):
    """A naive UTC time as the API writes it, None for none."""
    return value.replace(microsecond=0).isoformat() + "Z" if value else None


# PAGES


def write_cursor(*position):
    """Where the next page begins, as a text that tells nothing."""
    return base64.urlsafe_b64encode(json.dumps(position).encode()).decode().rstrip("=")


def read_cursor(cursor, kinds):
    """What :func:`write_cursor` was given.

    :param kinds: types of the parts
    :raise BadRequestError: it is none of ours
    """
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        position = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError):
        position = None
    if isinstance(position, list) and [type(part) for part in position] == list(kinds):
        return position
    raise BadRequestError([("?cursor", "cursor", None)])


# THE DOCUMENT


def build_document(operations, schemas, texts, server):
    """The OpenAPI document.

    :param operations: list of :class:`Operation`
    :param dict schemas: ``{name: JSON Schema}``
    :param dict texts: title, description, what each answer means
    :param str server: address of the server
    """
    paths = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _describe(operation, texts)
    tags = list(dict.fromkeys(operation.tag for operation in operations))
    return {
        "openapi": "3.1.0",
        "info": {"title": texts["title"], "version": VERSION, "description": texts["description"]},
        "servers": [{"url": f"{server}{BASE}"}],
        "tags": [{"name": tag} for tag in tags],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": texts["security"]}},
        },
        "security": [{"key": []}],
    }


def _describe(operation, texts):
    responses = {str(operation.status): _describe_success(operation, texts)}
    codes = [400, 401, 403, 404, 409, 422, 429, 500, 503]
    if operation.body:
        codes += [413, 415]
    for code in sorted(codes):
        responses[str(code)] = {
            "description": texts[code],
            "content": {PROBLEM_TYPE: {"schema": reference("Problem")}},
        }
    described = {
        "operationId": operation.name,
        "summary": operation.summary,
        "description": texts["scope"] % f"`{operation.scope}`",
        "tags": [operation.tag],
        "parameters": _describe_parameters(operation, texts),
        "responses": responses,
        "x-scope": operation.scope,
    }
    if operation.body:
        content = {"application/json": {"schema": reference(operation.body)}}
        described["requestBody"] = {"required": True, "content": content}
    return described


def _describe_success(operation, texts):
    schema = {"schema": reference(operation.answer)} if operation.answer else {}
    return {
        "description": texts["success"],
        "headers": {
            "RateLimit-Limit": {"schema": {"type": "integer"}, "description": texts["limit"]},
            "RateLimit-Remaining": {"schema": {"type": "integer"}, "description": texts["remaining"]},
        },
        "content": dict.fromkeys(operation.media_types, schema),
    }


def _describe_parameters(operation, texts):
    in_path = [
        {"name": name, "in": "path", "required": True, "schema": number(lowest=0)} for name in operation.path_names
    ]
    in_query = []
    for name, schema in operation.query:
        parameter = {"name": name, "in": "query", "schema": schema}
        if "description" in schema:
            parameter["description"] = schema["description"]
            parameter["schema"] = {key: value for key, value in schema.items() if key != "description"}
        if schema["type"] == "array":
            parameter.update(style="form", explode=False)
        in_query.append(parameter)
    repeatable = []
    if operation.method == "POST":
        repeatable = [
            {
                "name": "Idempotency-Key",
                "in": "header",
                "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
                "description": texts["idempotency"],
            }
        ]
    return [*in_path, *in_query, *repeatable]
