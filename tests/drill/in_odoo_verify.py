"""Run in Odoo's shell: does the ledger's chain hold, and is every attachment's file there?"""

import json
from pathlib import Path

broken = env["helpdesk.event"].verify()  # noqa: F821 - the shell's
attachments = env["ir.attachment"].sudo().search([("store_fname", "!=", False), ("id", "!=", 0)])  # noqa: F821
missing = [one.id for one in attachments if not Path(attachments._full_path(one.store_fname)).is_file()]
print(json.dumps({"broken_ledger_rows": len(broken), "attachments": len(attachments), "missing_files": len(missing)}))
