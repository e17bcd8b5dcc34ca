"""R27.a.3: what the proxy's files say to who comes without encryption, or with it."""

import re

import pytest

from config.environment import places

FILES = (places.CONFIG / "nginx.conf", places.ROOT / "docker" / "nginx.conf")
SERVICES = ("/helpdesk/api/v1/tickets", "/helpdesk/webhook/a-token", "/helpdesk/mail/a-token", "/json/2/res.users/read")
PAGES_OF_THE_PROXY = {"502 504": "maintenance", "413": "too_large", "429": "too_often"}
PAGES = ("/", "/odoo", "/helpdesk/form/kemenkes", "/helpdesk/api", "/my/tickets/5")


def servers(path):
    """The two servers of a file: without and with encryption."""
    _before, plain, protected = re.split(r"^server \{$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return plain, protected


@pytest.mark.parametrize("path", FILES, ids=places.shown)
def test_only_people_are_led_to_encryption(path):
    """OWASP ASVS 4.1.2: a program that forgot it fails, and is mended."""
    plain, _protected = servers(path)
    (pattern,) = re.findall(r"location ~ (\S+) \{\s+return 403;", plain)
    assert [address for address in SERVICES if not re.search(pattern, address)] == []
    assert [address for address in PAGES if re.search(pattern, address)] == []
    assert "return 301 https://" in plain
    assert "proxy_pass" not in plain


@pytest.mark.parametrize("path", FILES, ids=places.shown)
def test_encryption_stays(path):
    """OWASP ASVS 3.4.1, 12.1.1."""
    _plain, protected = servers(path)
    assert 'Strict-Transport-Security "max-age=31536000; includeSubDomains" always' in protected
    assert "ssl_protocols TLSv1.2 TLSv1.3;" in protected


@pytest.mark.parametrize("path", FILES, ids=places.shown)
def test_nodes_hear_everything_at_every_address(path):
    """nginx drops a server's headers wherever a location sets one: who asks, and by TLS, would be unknown there."""
    _plain, protected = servers(path)
    head, *locations = re.split(r"^    location ", protected, flags=re.MULTILINE)
    sent = set(re.findall(r"^    proxy_set_header (\S+)", head, flags=re.MULTILINE))
    assert sent == {
        *("Host", "X-Forwarded-Host", "X-Forwarded-For", "X-Forwarded-Proto", "X-Real-IP", "X-Request-ID"),
        *("Upgrade", "Connection"),
    }
    assert [location.partition(" {")[0] for location in locations if "proxy_set_header" in location] == []


@pytest.mark.parametrize("path", FILES, ids=places.shown)
def test_encryption_stays_where_a_location_sets_headers(path):
    """As above, for the headers of answers."""
    _plain, protected = servers(path)
    _head, *locations = re.split(r"^    location ", protected, flags=re.MULTILINE)
    own = [location for location in locations if "add_header" in location]
    assert own
    assert [location for location in own if "Strict-Transport-Security" not in location] == []


@pytest.mark.parametrize("path", FILES, ids=places.shown)
def test_a_shift_that_begins_is_no_flood(path):
    """A floor of 120 agents has one address and reads the page before it logs in; what is refused is told as 429."""
    text = path.read_text(encoding="utf-8")
    assert set(re.findall(r"limit_req_zone (\S+)", text)) == {"$helpdesk_sender"}
    assert re.search(r"map \$request_method \$helpdesk_sender \{\s+default \"\";\s+POST +\$binary_remote_addr;", text)
    assert int(re.search(r"zone=logins burst=(\d+)", text)[1]) >= 120
    assert "limit_req_status 429;" in text


@pytest.mark.parametrize(("status", "page"), PAGES_OF_THE_PROXY.items())
@pytest.mark.parametrize("path", FILES, ids=places.shown)
def test_people_are_told_what_the_proxy_refuses(path, status, page):
    """R13: the continuity plan counts on the page that is shown while no node answers."""
    _plain, protected = servers(path)
    assert f"error_page {status} /{page}.html;" in protected
    assert page in re.search(r"location ~ \^/\((\S+)\)\\.html\$ \{", protected)[1].split("|")
    text = (places.CONFIG / f"{page}.html").read_text(encoding="utf-8")
    assert {"HELPDESK_TELEPHONE", "HELPDESK_EMAIL"} <= set(re.findall(r"HELPDESK_[A-Z]+", text))
    assert "src=" not in text, "nothing else can be fetched then"


def test_containers_have_every_page():
    """Each compose file gives them to its proxy."""
    for name in ("compose.yaml", "compose.production.yaml"):
        text = (places.ROOT / "docker" / name).read_text(encoding="utf-8")
        for page in PAGES_OF_THE_PROXY.values():
            assert f"../config/{page}.html:/usr/share/nginx/html/{page}.html:ro" in text, name
