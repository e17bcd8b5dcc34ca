"""`make fakes`: all services played on one port, for the accounts that the demo data set up.

Type as a citizen on the page, answer as an agent in the helpdesk (`make run`), and see both sides.
"""

import argparse
import time

from .accounts import demo_accounts
from .appstore import AppStore
from .courier import Courier
from .cti import Cti
from .graph import Graph
from .playstore import PlayStore
from .server import serving
from .telegram import Telegram
from .x import X

PORT = 9100
# A service is one file; its class stands here.
FAKES = (Graph, X, Telegram, PlayStore, AppStore, Cti)


def open_all(courier, base, helpdesk):
    """All services, with the accounts of the demo data.

    :param str helpdesk: its address, where webhooks go
    """
    # the helpdesk remembers what it had from us before we were started anew: what has an old id is no news to it
    first_number = round(time.time()) % 10**8
    fakes = [fake(courier, base, first_number=first_number) for fake in FAKES]
    for fake in fakes:
        for account in demo_accounts(fake.kinds, helpdesk):
            fake.add_account(account)
    return fakes


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=PORT)
    parser.add_argument("--helpdesk", default="http://localhost:8069", help="address of the helpdesk")
    arguments = parser.parse_args()
    courier = Courier()

    def make_fakes(base):
        return open_all(courier, base, arguments.helpdesk)

    with serving(make_fakes, courier, arguments.port) as application:
        print(f"Warga menulis di {application.base}  (helpdesk: {arguments.helpdesk}; Ctrl-C mengakhiri)", flush=True)
        try:
            courier.run()
        except KeyboardInterrupt:
            courier.stop()


if __name__ == "__main__":
    main()
