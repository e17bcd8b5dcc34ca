"""R28.a: docs/examples/embedding against a running helpdesk, over the network as Pusdatin's own machine would."""

import contextlib
import importlib.util
import json
import threading
import urllib.error
import urllib.request
import uuid
from types import SimpleNamespace

import pytest

from acceptance._chromium import Server
from config.environment import database, machine, odoo_command, places, postgres, snapshot
from config.environment.step import carry_out

EXAMPLE = places.ROOT / "docs" / "examples" / "embedding" / "server.py"
PREPARE = places.TESTS / "examples" / "in_odoo_embedding.py"


def load_example():
    spec = importlib.util.spec_from_file_location("embedding_example", EXAMPLE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def get(address, **headers):
    """Status, headers and text of a page; refusals too."""
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=60) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.headers, refusal.read().decode()


@contextlib.contextmanager
def serving(server):
    """The example, in the background."""
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def world():
    """The helpdesk on one port, the example on another, registered there."""
    example = load_example()
    port, own_port = machine.free_port(), machine.free_port()
    origin = f"http://localhost:{own_port}"
    with postgres.running() as server:
        carry_out([snapshot.base_step(server), snapshot.step(server)])
        odoo_command.write_conf(server)
        name = f"kemenkes_test_embedding_{uuid.uuid4().hex[:6]}"
        told = places.STATE / f"{name}.json"
        database.copy(server, snapshot.name(), name)
        try:
            variables = {"TOLD": str(told), "ORIGIN": origin, "HELPDESK": f"http://localhost:{port}"}
            odoo_command.run_script(name, PREPARE, "register the example", variables.items())
            known = json.loads(told.read_text())
            command = odoo_command.words("server", "-d", name, "--http-port", str(port), "--max-cron-threads", "0")
            with Server(command, port) as helpdesk:
                portal = example.make_server(own_port, helpdesk.address, known["key"], known["viewer"])
                with serving(portal):
                    yield SimpleNamespace(example=example, origin=origin, helpdesk=helpdesk.address, **known)
        finally:
            told.unlink(missing_ok=True)
            database.remove(server, name)


def test_the_page_has_the_frame_and_no_key(world):
    """R28.a: the browser gets a page that asks for a link; the key stays on the server."""
    status, _headers, page = get(f"{world.origin}/")
    assert status == 200
    assert "<iframe" in page
    assert world.key not in page
    assert get(f"{world.origin}/other")[0] == 404


def test_the_link_opens_in_the_registered_frame_only(world):
    """R28.a: the link opens the viewer's figures, in a frame of the registered address; another page is refused."""
    _status, _headers, link = get(f"{world.origin}/figures-link")
    assert link.startswith(f"{world.helpdesk}/helpdesk/embed/")
    status, headers, page = get(link, Referer=f"{world.origin}/")
    assert status == 200
    assert "kh-figure" in page
    directives = [part.strip() for part in headers["Content-Security-Policy"].split(";")]
    assert [one for one in directives if one.startswith("frame-ancestors")] == [f"frame-ancestors {world.origin}"]
    assert "X-Frame-Options" not in headers
    status, _headers, page = get(link, Referer="https://lain.example/")
    assert status == 403
    assert "kh-figure" not in page


def test_a_link_that_is_over_is_refused(world):
    """R28.a: signed, and over: nothing is shown, and the frame's owner is told to ask again."""
    status, _headers, page = get(world.helpdesk + world.link_that_is_over)
    assert status == 403
    assert "kh-figure" not in page


def test_without_the_key_there_is_no_link(world):
    """R28.a: a wrong key gets nothing."""
    with pytest.raises(urllib.error.HTTPError) as refusal:
        world.example.embed_link(world.helpdesk, "wrong", world.viewer)
    assert refusal.value.code == 401
