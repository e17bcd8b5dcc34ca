"""What providers read from outside (R26.a)."""

import pytest

from providers import reading


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://www.instagram.com/p/1", "https://www.instagram.com/p/1"),
        ("HTTP://x.example", "HTTP://x.example"),
        ("javascript:alert(1)", ""),
        (" javascript:alert(1)", ""),
        ("data:text/html,<script>1</script>", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_people_are_led_to_the_web_only(text, expected):
    assert reading.web_address(text) == expected
