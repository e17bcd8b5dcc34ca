from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestStyles(TransactionCase):
    def test_styles_compile(self):
        """One wrong line of any addon takes the styles from all screens: min() and max() of lengths stand in #{""}."""
        bundle = self.env["ir.qweb"]._get_asset_bundle("web.assets_web", css=True, js=False)
        bundle.css()
        self.assertFalse(bundle.css_errors)
