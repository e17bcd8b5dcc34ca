"""Every mail of the folder HELPDESK_MAIL_CORPUS through the mail entrance, twice: tests/acceptance/mail_corpus.py."""

import os
import sys

import _acceptance as acceptance


def main():
    if not os.environ.get("HELPDESK_MAIL_CORPUS"):
        print("left out: HELPDESK_MAIL_CORPUS names no folder of mails")
        return 0
    return acceptance.run("mail_corpus")


if __name__ == "__main__":
    sys.exit(main())
