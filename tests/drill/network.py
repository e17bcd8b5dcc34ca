"""Machines of a rehearsal: network namespaces with one cable each, that can be pulled. Needs root.

All of it lies in a namespace of the rehearsal's own: nothing outside sees these addresses.
"""

import os
import subprocess
import sys

ISOLATED = "DRILL_ISOLATED"
BRIDGE = "kh-bridge"
HOME = "10.77.0.1"
MASK = "/24"


def isolate(module):
    """Go on as the same program in network and mount namespaces of its own."""
    if os.environ.get(ISOLATED):
        return
    if os.geteuid() != 0:
        sys.exit("this rehearsal pulls network cables and fills disks of its own: it needs root")
    words = ["unshare", "--net", "--mount", "--propagation", "private", sys.executable, "-m", module, *sys.argv[1:]]
    os.environ[ISOLATED] = "1"
    os.execvp(words[0], words)


def ip(*words):
    subprocess.run(["ip", *words], check=True)


def build():
    """The home machine's side of the network."""
    ip("link", "set", "lo", "up")
    ip("link", "add", BRIDGE, "type", "bridge")
    ip("addr", "add", HOME + MASK, "dev", BRIDGE)
    ip("link", "set", BRIDGE, "up")
    # namespaces get names in a folder of our own
    os.makedirs("/run/netns", exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "none", "/run/netns"], check=True)


class Machine:
    """A machine with an address, behind one cable."""

    def __init__(self, name, address):
        self.name, self.address = name, address
        self._cable = f"c-{name}"
        ip("netns", "add", name)
        ip("link", "add", self._cable, "type", "veth", "peer", "name", "eth0", "netns", name)
        ip("link", "set", self._cable, "master", BRIDGE, "up")
        ip("-n", name, "addr", "add", address + MASK, "dev", "eth0")
        ip("-n", name, "link", "set", "eth0", "up")
        ip("-n", name, "link", "set", "lo", "up")

    def words(self, *command):
        """The command, run on this machine."""
        return ["ip", "netns", "exec", self.name, *command]

    def pull_cable(self):
        ip("link", "set", self._cable, "down")

    def plug_cable(self):
        ip("link", "set", self._cable, "up")
