"""Every mail of the folder HELPDESK_MAIL_CORPUS through the mail entrance, twice: tests/acceptance/mail_corpus.py."""

import os
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[1] / "acceptance" / "mail_corpus.py"


def main():
    if not os.environ.get("HELPDESK_MAIL_CORPUS"):
        print("left out: HELPDESK_MAIL_CORPUS names no folder of mails")
        return 0
    command = [sys.executable, str(SCRIPT), "--database", os.environ["BENCH_DATABASE"]]
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
