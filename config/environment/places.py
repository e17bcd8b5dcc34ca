"""Where things are. Everything a machine makes lies in VAR, so removing that folder is a fresh start."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ADDONS = ROOT / "addons"
CONFIG = ROOT / "config"
TESTS = ROOT / "tests"

VAR = Path(os.environ.get("HELPDESK_VAR") or ROOT / "var").resolve()
STATE = VAR / "state"
LOG = VAR / "log"
DATA = VAR / "data"
VENV = VAR / "venv"
PYTHON = VENV / "bin" / "python"
ODOO = VAR / "odoo"
OCA = VAR / "oca"
NODE = VAR / "node"
ODOO_CONF = VAR / "odoo.conf"
SPEECH = VAR / "speech" / "whisper-base"


def make_folders():
    """Create the folders every step writes to."""
    for folder in (STATE, LOG, DATA):
        folder.mkdir(parents=True, exist_ok=True)


def site_packages():
    """Folder of the virtual environment's installed packages."""
    return VENV / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"


def shown(path):
    """`path` as a reader in the project's folder would type it."""
    try:
        return str(Path(path).relative_to(ROOT))
    except ValueError:
        return str(path)
