"""R27.a.3: what the proxy's files say to who comes without encryption, or with it."""

import re

import pytest

from config.environment import places

FILES = (places.CONFIG / "nginx.conf", places.ROOT / "docker" / "nginx.conf")
SERVICES = ("/helpdesk/api/v1/tickets", "/helpdesk/webhook/a-token", "/helpdesk/mail/a-token", "/json/2/res.users/read")
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
def test_people_are_told_while_no_node_answers(path):
    """R13: the continuity plan counts on this page."""
    _plain, protected = servers(path)
    assert "error_page 502 504 /maintenance.html;" in protected
    page = (places.CONFIG / "maintenance.html").read_text(encoding="utf-8")
    assert {"HELPDESK_TELEPHONE", "HELPDESK_EMAIL"} <= set(re.findall(r"HELPDESK_[A-Z]+", page))
    assert "src=" not in page, "nothing else can be fetched then"
