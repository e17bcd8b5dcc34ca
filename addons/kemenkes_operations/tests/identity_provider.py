"""An OpenID provider over HTTP: log-in page, tokens signed with its key, its keys. What it gets wrong is told to it."""

import base64
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "helpdesk", "rahasia-klien"


class IdentityProvider:
    """``sub`` is who logs in; ``claims`` replaces claims of the next tokens (None leaves one out)."""

    def __init__(self):
        self.key = RSAKey.generate_key(2048, {"kid": "satu", "alg": "RS256", "use": "sig"})
        self.sub = "pegawai-7"
        self.claims = {}
        self.signing_key = self.key
        self.codes = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self):
        self._server.shutdown()
        self._server.server_close()

    def authorize(self, query):
        """The person has logged in: the address to go back to."""
        code = secrets.token_urlsafe(16)
        self.codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def token(self, form, authorization):
        """The answer to a code, which holds once, for the client that knows its secret and the verifier."""
        asked = self.codes.pop(form.get("code"), None)
        expected = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if not asked or authorization != expected:
            return 401, {"error": "invalid_client"}
        if create_s256_code_challenge(form["code_verifier"]) != asked["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {
            "iss": self.address, "aud": CLIENT, "sub": self.sub, "nonce": asked["nonce"], "iat": now, "exp": now + 300,
            "email": f"{self.sub}@idp.example", "name": self.sub, **self.claims,
        }  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        token = jwt.encode({"alg": "RS256", "kid": "satu"}, claims, self.signing_key)
        return 200, {"access_token": secrets.token_urlsafe(16), "id_token": token, "token_type": "Bearer"}


def _handler(provider):
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_arguments):
            pass

        def do_GET(self):
            parts = urlsplit(self.path)
            if parts.path == "/keys":
                return self._answer(200, {"keys": [provider.key.as_dict(private=False)]})
            self.send_response(303)
            self.send_header("Location", provider.authorize(dict(parse_qsl(parts.query))))
            return self.end_headers()

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._answer(*provider.token(form, self.headers.get("Authorization")))

        def _answer(self, status, content):
            body = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    return Handler
