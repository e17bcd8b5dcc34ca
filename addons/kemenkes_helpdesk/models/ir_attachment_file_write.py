import os
from pathlib import Path
from uuid import uuid4

from odoo import api, models


class IrAttachment(models.Model):
    """A file stands in the file store whole, or not at all.

    Odoo opens a file under its last name and writes it then. Of two workers that store the same content at the same
    moment, such as the scripts that the first two browsers after an upgrade ask for, one met half a file, took it for
    other content, and the page of its browser stayed blank.
    """

    _inherit = "ir.attachment"

    @api.model
    def _file_write(self, bin_value, checksum):
        name, path = self._get_path(bin_value, checksum)
        if not os.path.exists(path):
            _write_whole(Path(path), bin_value)
            # removed again if the transaction fails
            self._mark_for_gc(name)
        return super()._file_write(bin_value, checksum)


def _write_whole(path, content):
    """Write beside ``path`` and rename, which nobody sees half done."""
    beside = path.with_name(f"{path.name}.{uuid4().hex}")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
