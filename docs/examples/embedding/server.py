"""Pusdatin's application in small: one page with the helpdesk's figures in a frame. Needs Python and nothing else.

    HELPDESK_URL=http://localhost:8069 HELPDESK_KEY=<key> HELPDESK_VIEWER=<a viewer's log-in> python3 server.py [PORT]

Then open http://localhost:9200. README.md says what the helpdesk's administrator registers first.
"""

import json
import os
import sys
import urllib.error
import urllib.request
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PORT = 9200
PAGE = """<!doctype html>
<html lang="id">
    <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>Portal Pusdatin</title>
        <style>
            body { margin: 0; font-family: sans-serif; }
            header { padding: 0.75rem 1rem; background: #0b7a75; color: #fff; }
            iframe { display: block; width: 100%; height: calc(100vh - 3rem); border: 0; }
        </style>
    </head>
    <body>
        <header>Portal Pusdatin</header>
        <iframe id="helpdesk" title="Angka layanan helpdesk"></iframe>
        <script>
            const frame = document.getElementById("helpdesk");
            async function open() {
                const answer = await fetch("/figures-link");
                if (answer.ok) {
                    frame.src = await answer.text();
                }
            }
            window.addEventListener("message", (event) => {
                if (event.source === frame.contentWindow && event.data?.helpdeskEmbed === "expired") {
                    open();
                }
            });
            open();
        </script>
    </body>
</html>
"""


def embed_link(helpdesk, key, viewer):
    """A signed link for the frame, which holds for minutes.

    :param str viewer: log-in of the user whom this application has logged in
    :raise OSError: the helpdesk refuses, or does not answer
    """
    request = urllib.request.Request(
        f"{helpdesk.rstrip('/')}/helpdesk/api/v1/embed-links",
        data=json.dumps({"viewer": viewer}).encode(),
        headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)["url"]


class Portal(BaseHTTPRequestHandler):
    """The page, and the address where it asks for its link. The key stays on this side."""

    # A real application asks its own session who its user is.
    helpdesk = key = viewer = ""

    def do_GET(self):
        if self.path == "/":
            self.answer(HTTPStatus.OK, "text/html", PAGE)
        elif self.path == "/figures-link":
            self.answer_link()
        else:
            self.answer(HTTPStatus.NOT_FOUND, "text/plain", "")

    def answer_link(self):
        try:
            link = embed_link(self.helpdesk, self.key, self.viewer)
        except OSError as error:
            self.log_error("the helpdesk gave no link: %s", error)
            self.answer(HTTPStatus.BAD_GATEWAY, "text/plain", "")
        else:
            self.answer(HTTPStatus.OK, "text/plain", link)

    def answer(self, status, content_type, text):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", f"{content_type}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)


def make_server(port, helpdesk, key, viewer):
    """The application, on this machine only."""
    portal = type("Portal", (Portal,), {"helpdesk": helpdesk, "key": key, "viewer": viewer})
    return ThreadingHTTPServer(("127.0.0.1", port), portal)


def main():
    port = int(sys.argv[1]) if len(sys.argv) > 1 else PORT
    settings = (os.environ[name] for name in ("HELPDESK_URL", "HELPDESK_KEY", "HELPDESK_VIEWER"))
    with make_server(port, *settings) as server:
        sys.stdout.write(f"http://localhost:{port}\n")
        server.serve_forever()


if __name__ == "__main__":
    main()
