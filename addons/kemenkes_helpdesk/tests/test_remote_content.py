from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from odoo.tests import BaseCase, tagged

from ..tools.remote_content import block_remote

ADDRESS = st.sampled_from(
    ["http://x.example/a.png", "https://x.example/b?c=1", "//x.example/c", "/\\x.example/d", "ftp://x.example/e"]
)
ATTRIBUTE = st.sampled_from(["src", "srcset", "background", "poster", "data", "SRC"])
TAG = st.sampled_from(["img", "video", "td", "input", "object", "source", "IMG"])


def block(source):
    return block_remote(source, lambda host: f"[{host}]")


@tagged("post_install", "-at_install")
class TestRemoteContent(BaseCase):
    """R23.a.3: who reads a message calls nobody by it."""

    def test_pictures_become_links(self):
        self.assertEqual(
            block('<p>Halo <img src="https://rs.example/logo.png" alt="x"> ya</p>'),
            '<p>Halo <a href="https://rs.example/logo.png" target="_blank" rel="noopener noreferrer nofollow">'
            "[rs.example]</a> ya</p>",
        )

    def test_tracking_pixels_go(self):
        for source in (
            '<p>a<img src="https://t.example/p.gif" width="1" height="1">b</p>',
            '<p>a<img src="https://t.example/p.gif" width="0px">b</p>',
        ):
            self.assertEqual(block(source), "<p>ab</p>")

    def test_own_pictures_stay(self):
        for source in (
            '<img src="/web/image/5?access_token=x">',
            '<img src="cid:logo@rs.example">',
            '<img src="data:image/png;base64,AAAA">',
            '<a href="https://rs.example">rs</a>',
            "teks 2 &lt; 3",
        ):
            self.assertEqual(block(source), source)

    def test_styles(self):
        for style in (
            "color:red;background-image:url(https://t.example/a)",
            "color:red;background:u\\72l(//t.example/a)",
            "color:red;list-style: URL( 'http://t.example/a' )",
        ):
            blocked = block(f'<p style="{style}">x</p>')
            self.assertNotIn("t.example", blocked)
            self.assertIn("color:red", blocked)

    @settings(deadline=None)
    @given(TAG, ATTRIBUTE, ADDRESS)
    def test_property_nothing_is_fetched(self, tag, attribute, address):
        blocked = block(f'<div><{tag} {attribute}="{address}">x</{tag}></div>')
        for element in html.fragment_fromstring(blocked).iter():
            for name in element.attrib:
                self.assertTrue(element.tag == "a" or "x.example" not in element.get(name), blocked)
