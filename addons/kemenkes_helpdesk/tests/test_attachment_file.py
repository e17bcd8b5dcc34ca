import os
from pathlib import Path
from unittest.mock import patch

from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestAttachmentFile(TransactionCase):
    """Files in the file store."""

    def test_nobody_meets_half_a_file(self):
        """Another worker that stores the same content at the same moment finds all of it, or nothing."""
        content = os.urandom(100_000)
        seen = []
        replace = Path.replace

        def look(beside, path):
            seen.append((path.exists(), beside.read_bytes() == content))
            return replace(beside, path)

        with patch.object(Path, "replace", look):
            first = self.env["ir.attachment"].create({"name": "first.js", "raw": content})
        self.assertEqual(seen, [(False, True)])
        second = self.env["ir.attachment"].create({"name": "second.js", "raw": content})
        self.assertEqual((first.store_fname, first.raw), (second.store_fname, content))
        folder = Path(first._full_path(first.store_fname)).parent
        self.assertFalse([file.name for file in folder.iterdir() if "." in file.name])
