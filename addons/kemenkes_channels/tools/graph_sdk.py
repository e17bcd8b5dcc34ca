"""Calls to Meta's Graph through ``facebook-sdk``, for accounts whose settings choose it; the default is ``requests``.

The package's newest release (3.1.0 of 2018) knows Graph versions up to 3.1, puts the token into the address, drops the
headers of rate limits and has one host. The subclass and the session below mend that, so both ways behave the same.
"""

import json
from urllib.parse import urlsplit

import facebook
import requests

NAME = "facebook-sdk"


class _Graph(facebook.GraphAPI):
    """The package's client for any version; it refuses "26.0" in its own constructor."""

    def __init__(self, token, version, **options):
        super().__init__(access_token=token, **options)
        self.version = version


class _Session(requests.Session):
    """Sends what the package asks for to ``base``, with the token in the header, and keeps the answer."""

    def __init__(self, base, allow_redirects):
        super().__init__()
        self.base, self.may_redirect = base, allow_redirects
        self.answer = None

    def request(self, method, url, params=None, data=None, **options):
        token = (params or {}).pop("access_token", "") or (data or {}).pop("access_token", "")
        self.answer = super().request(
            method,
            url.replace(facebook.FACEBOOK_GRAPH_URL, self.base, 1),
            params=params,
            data=data,
            headers={"Authorization": f"Bearer {token}"},
            allow_redirects=self.may_redirect,
            **options,
        )
        return self.answer


def send(call, timeout):
    """Send one request.

    :param Call call: to the Graph, its address made from settings
    :param tuple timeout: seconds, as ``requests`` takes them
    :return: :class:`requests.Response`, whatever its status
    :raise requests.RequestException: no answer came
    """
    parts = urlsplit(call.url)
    token = call.headers.get("Authorization", "").removeprefix("Bearer ")
    stand_in, _slash, path = parts.path.lstrip("/").rpartition("/v")
    base = f"{parts.scheme}://{parts.netloc}/" + (f"{stand_in}/" if stand_in else "")
    version, _slash, node = f"v{path}".partition("/") if stand_in else parts.path.lstrip("/").partition("/")
    with _Session(base, allow_redirects=False) as session:
        graph = _Graph(token, version, timeout=timeout, session=session)
        try:
            graph.request(
                f"{version}/{node}",
                args=dict(call.params),
                post_args=_fields(call) if call.method == "POST" else None,
                files={field: (name, content, mime) for field, name, content, mime in call.files} or None,
                method=call.method,
            )
        except (facebook.GraphAPIError, KeyError, ValueError):
            # what the Graph says against it, or says in no JSON, is in the answer itself
            if session.answer is None:
                raise
        return session.answer


def _fields(call):
    """The form that the package sends: nested values as JSON."""
    values = call.form if call.form is not None else call.json or {}
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in values.items()}
