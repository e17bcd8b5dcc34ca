"""Failover, rehearsed under load: what is accepted, lost, doubled, and for how long nobody can write.

Two database nodes (Patroni, etcd, synchronous replication) behind HAProxy, two Odoo nodes, the receiver and its spool;
webhooks and agents all the time. Then, one after the other: the primary is killed, an Odoo node is killed, the roles
are changed on purpose, the primary's network is cut, its disk is full.

Each database node is a machine of its own: a network namespace with a disk of its own in memory. etcd has one member
here, three in production. Ends with 1 when something that was accepted is lost or doubled.
"""

import base64
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from pathlib import Path

import psycopg2
import yaml

from config.environment import machine, places, postgres, rehearsal
from tests.load import whatsapp

from . import load, network, site

FOLDER = Path(os.environ["DRILL_FOLDER"])
SOURCE = os.environ["DRILL_SOURCE"]
CHANNEL = Path(__file__).with_name("in_odoo_channel.py")
DISK = "1500M"
PRIMARY = "host=127.0.0.1 port=5000 user=postgres dbname=kemenkes connect_timeout=3"
SCOPE = "kemenkes-helpdesk"
# What a rehearsal waits for at most before it says that something does not come back.
PATIENCE_SECONDS = 150
UNDER_LOAD_SECONDS = 5
FULL_DISK_SECONDS = 40
# The figure that is promised.
FULL_SERVICE_SECONDS = 40


class Node:
    """A database node: a machine, a disk, Patroni."""

    def __init__(self, name, address):
        self.machine = network.Machine(name, address)
        self.name, self.address = name, address
        self.disk = FOLDER / name
        self.disk.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}", "none", str(self.disk)], check=True)
        self._conf = FOLDER / f"{name}.yml"
        self._conf.write_text(yaml.safe_dump(self._settings()))
        user = postgres.as_server_user()["user"]
        os.chown(self.disk, user, -1)
        drop = ["setpriv", f"--reuid={user}", f"--regid={postgres.as_server_user()['group']}", "--clear-groups"]
        words = self.machine.words(*drop, str(site.ENGINES / "patroni"), str(self._conf))
        self.patroni = site.Program(name, words, FOLDER, env=site.engine_environment(HOME=str(self.disk)), cwd="/")

    def _settings(self):
        """The production's file, for this machine: small, and without passwords on a network that nobody else sees."""
        settings = yaml.safe_load((places.CONFIG / "failover" / "patroni.yml").read_text())
        settings["name"] = self.name
        settings["restapi"] = {"listen": f"{self.address}:8008", "connect_address": f"{self.address}:8008"}
        settings["etcd3"]["hosts"] = f"{network.HOME}:2379"
        parameters = settings["bootstrap"]["dcs"]["postgresql"]["parameters"]
        parameters.update(
            {"shared_buffers": "128MB", "effective_cache_size": "512MB", "maintenance_work_mem": "64MB"},
            max_wal_size="256MB",
            wal_keep_size="64MB",
        )
        del settings["bootstrap"]["dcs"]["slots"]
        own = settings["postgresql"]
        own.update(
            listen=f"{self.address}:5432",
            connect_address=f"{self.address}:5432",
            data_dir=str(self.disk / "data"),
            bin_dir=str(Path(postgres.server_program("postgres")).parent),
            pgpass=str(self.disk / "pgpass"),
            parameters={"unix_socket_directories": str(self.disk)},
            pg_hba=[
                "local all all trust",
                "host all all 10.77.0.0/24 trust",
                "host replication all 10.77.0.0/24 trust",
            ],
        )
        settings["watchdog"]["mode"] = "off"
        return settings

    def kill(self):
        """The machine loses its power: Patroni and PostgreSQL are gone at once."""
        self.patroni.kill()
        for pid in self._postgres_pids():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def _postgres_pids(self):
        pids = subprocess.run(["ip", "netns", "pids", self.name], capture_output=True, text=True, check=False).stdout
        return [int(pid) for pid in pids.split()]

    def fill_disk(self):
        """Somebody's file takes all the room that is left."""
        free = os.statvfs(self.disk)
        size = free.f_bavail * free.f_frsize
        (self.disk / "somebodys-file").write_bytes(b"")
        subprocess.run(
            ["fallocate", "-l", str(size - 65536), str(self.disk / "somebodys-file")], check=False, capture_output=True
        )

    def free_disk(self):
        (self.disk / "somebodys-file").unlink(missing_ok=True)


class Stage:
    """Everything that runs."""

    def __init__(self):
        network.build()
        self.nodes = [Node("db1", "10.77.0.11"), Node("db2", "10.77.0.12")]
        environment = site.engine_environment()
        etcd = [str(rehearsal.PROGRAMS / "usr/bin/etcd"), "--data-dir", str(FOLDER / "etcd")]
        address = f"http://{network.HOME}:2379"
        etcd += ["--listen-client-urls", address, "--advertise-client-urls", address]
        etcd += ["--listen-peer-urls", "http://127.0.0.1:2380"]
        self.etcd = site.Program("etcd", etcd, FOLDER, env=environment)
        (FOLDER / "odoo").mkdir()
        self.odoos = [
            site.Odoo(
                f"odoo{number}",
                FOLDER,
                FOLDER / "odoo",
                db_host="127.0.0.1",
                db_port=5000,
                db_user="odoo",
                max_cron_threads=1,
                # as in production: a process that lost its database ends and is replaced, a thread would not be
                workers=2,
                gevent_port=machine.free_port(),
            )
            for number in (1, 2)
        ]
        self.port = machine.free_port()
        self.receiver_port = machine.free_port()
        (FOLDER / "haproxy.cfg").write_text(self._proxy_settings())
        haproxy = [str(rehearsal.PROGRAMS / "usr/sbin/haproxy"), "-db", "-f", str(FOLDER / "haproxy.cfg")]
        self.proxy = site.Program("haproxy", haproxy, FOLDER, env=environment)
        paths = (str(places.ADDONS / "kemenkes_channels"), self.odoos[0].environment["PYTHONPATH"])
        words = [places.PYTHON, "-m", "receiver", "--port", self.receiver_port, "--spool", FOLDER / "spool"]
        words += ["--dsn", "host=127.0.0.1 port=5000 user=odoo dbname=kemenkes"]
        self.receiver = site.Program(
            "receiver", words, FOLDER, env={**self.odoos[0].environment, "PYTHONPATH": os.pathsep.join(paths)}
        )

    def _proxy_settings(self):
        """The production's file with these nodes, and before it what nginx does there: hand out requests."""
        text = (places.CONFIG / "failover" / "haproxy.cfg").read_text()
        for number, node in enumerate(self.nodes, 1):
            text = text.replace(f"NODE_{number}_ADDRESS", node.address).replace(f"NODE_{number}", node.name)
        servers = "\n".join(f"    server {odoo.name} 127.0.0.1:{odoo.port} check" for odoo in self.odoos)
        return f"""{text}
frontend web
    mode http
    bind 127.0.0.1:{self.port}
    timeout client 60s
    use_backend receiver if {{ path_beg /helpdesk/webhook/ }}
    default_backend odoo
backend receiver
    mode http
    timeout server 60s
    server receiver 127.0.0.1:{self.receiver_port}
backend odoo
    mode http
    timeout server 60s
    option httpchk
    http-check send meth GET uri /web/health ver HTTP/1.1 hdr Host localhost
    option redispatch
    retries 2
    default-server inter 1s fall 2 rise 1
{servers}
"""

    def build(self):
        """Start everything and bring the demo database in."""
        self.etcd.start()
        time.sleep(1)
        self.nodes[0].patroni.start()
        self.proxy.start()
        wait_until(lambda: try_rows(PRIMARY.replace("kemenkes", "postgres"), "SELECT 1"), "the first database node")
        site.rows(PRIMARY.replace("kemenkes", "postgres"), f"{site.ROLES}; GRANT pg_monitor TO odoo")
        site.load_source(["-h", "127.0.0.1", "-p", "5000", "-U", "odoo"], SOURCE, FOLDER)
        site.copy_filestore(SOURCE, FOLDER / "odoo")
        self.nodes[1].patroni.start()
        wait_until(self.is_redundant, "the second database node")
        cast = self.odoos[0].shell(CHANNEL, DRILL_NUMBER=whatsapp.NUMBER, DRILL_SECRET=whatsapp.SECRET)
        for program in (self.receiver, *(odoo.program for odoo in self.odoos)):
            program.start()
        for odoo in self.odoos:
            odoo.wait()
        return cast

    def stop(self):
        for program in (*(odoo.program for odoo in self.odoos), self.receiver, self.proxy):
            program.stop()
        for node in self.nodes:
            node.kill()
            subprocess.run(["umount", "-l", str(node.disk)], check=False)
            subprocess.run(["ip", "netns", "del", node.name], check=False)
        self.etcd.stop()

    # WHAT CAN BE SEEN

    def members(self):
        """Patroni's members by name, as one of the nodes tells it."""
        for node in self.nodes:
            with contextlib.suppress(OSError, ValueError):
                answer = urllib.request.urlopen(f"http://{node.address}:8008/cluster", timeout=2)
                return {member["name"]: member for member in json.loads(answer.read())["members"]}
        return {}

    def primary(self):
        """The node that leads, None for nobody."""
        leaders = [name for name, member in self.members().items() if member["role"] == "leader"]
        return next((node for node in self.nodes if node.name in leaders), None)

    def is_redundant(self):
        """Whether a synchronous standby follows."""
        found = self.members().values()
        return any(member["role"] == "sync_standby" and member["state"] == "streaming" for member in found)

    def spooled(self):
        """How many batches wait in the receiver's spool."""
        return len(list((FOLDER / "spool").glob("*.batch")))


def try_rows(dsn, query):
    with contextlib.suppress(psycopg2.Error):
        return site.rows(dsn, query)
    return None


def wait_until(holds, what, seconds=PATIENCE_SECONDS):
    """Until something holds; the seconds it took, None when it did not come."""
    start = time.monotonic()
    while time.monotonic() - start < seconds:
        if holds():
            return time.monotonic() - start
        time.sleep(0.2)
    site.say(f"  (waited {seconds} s in vain for: {what})")
    return None


def seconds_since(start, came):
    """Seconds since ``start``, None where what was waited for did not come."""
    return None if came is None else time.monotonic() - start


class Rehearsal:
    """Faults under load, and what they cost."""

    def __init__(self, stage, cast, table):
        self.stage, self.table = stage, table
        self.services = load.Services(stage.port, cast["token"])
        self.agents = load.Agents(stage.port, cast["logins"], cast["tickets"])

    def fault(self, title, action, mend=lambda: None):
        """Do something to it, wait until it serves, mend it, wait until it is redundant again."""
        site.say(f"\n{title}")
        time.sleep(UNDER_LOAD_SECONDS)
        start = time.monotonic()
        action()
        served = seconds_since(start, wait_until(lambda: self._serves_since(start), "full service"))
        mend()
        redundant = seconds_since(start, wait_until(self.stage.is_redundant, "a synchronous standby"))
        time.sleep(UNDER_LOAD_SECONDS)
        end = time.monotonic()
        webhooks, writes = self.services.longest_gap(start, end), self.agents.longest_gap(start, end)
        self.table.row(f"{title}: longest time no webhook was accepted", f"{webhooks:.1f} s")
        self.table.row(f"{title}: longest time no agent could write", f"{writes:.1f} s")
        shown = "not within the time" if served is None else f"{served:.1f} s"
        self.table.row(f"{title}: until full service", shown, served is not None and served < FULL_SERVICE_SECONDS)
        shown = "not within the time" if redundant is None else f"{redundant:.1f} s"
        self.table.row(f"{title}: until a standby follows again", shown, redundant is not None)

    def _serves_since(self, start):
        """Agents have written after the fault has shown, nothing waits in the spool, one node leads."""
        last = self.agents.first_after(time.monotonic() - 2)
        return time.monotonic() - start > 3 and last and not self.stage.spooled() and self.stage.primary()

    def tell(self):
        """What was accepted, lost, doubled; only after all is at rest."""
        self.services.stop()
        self.agents.stop()
        wait_until(lambda: not self.stage.spooled(), "the spool")
        waiting = "SELECT count(*) FROM helpdesk_inbox_event WHERE state IN ('new', 'failed')"
        wait_until(lambda: try_rows(PRIMARY, waiting) == [(0,)], "the inbox")
        query = "SELECT external_id FROM helpdesk_channel_message WHERE external_id LIKE 'wamid.gladi.%'"
        self._compare("webhooks", self.services, Counter(id_ for (id_,) in site.rows(PRIMARY, query)))
        query = r"SELECT substring(body FROM 'gladi-agen-\d+-\d+-') FROM mail_message WHERE body LIKE '%gladi-agen-%'"
        self._compare("agents' messages", self.agents, Counter(id_ for (id_,) in site.rows(PRIMARY, query)))
        disorder = self._disorder()
        self.table.row("webhooks of one service that came into the inbox out of order", disorder, disorder == 0)
        found = self.stage.odoos[0].shell(Path(__file__).with_name("in_odoo_verify.py"))
        broken = found["broken_ledger_rows"]
        self.table.row("rows of the ledger whose chain is broken", broken, broken == 0)

    def _compare(self, name, crowd, found):
        accepted = {what for _at, what in crowd.accepted}
        lost, doubled = accepted - set(found), [what for what, count in found.items() if count > 1]
        self.table.row(f"{name} accepted", len(accepted), len(accepted) > 0)
        refused = ", ".join(f"{count} x {what}" for what, count in crowd.refused.most_common())
        self.table.row(f"{name} that were told to come again", refused or "none")
        self.table.row(f"{name} lost", len(lost), not lost)
        self.table.row(f"{name} doubled", len(doubled), not doubled)
        self.table.row(f"{name} cut off while answered, and stored all the same", len(set(found) - accepted))

    def _disorder(self):
        """How often the inbox has a service's payload after one that it brought later."""
        query = f"""
            SELECT event.payload FROM helpdesk_inbox_event AS event
              JOIN helpdesk_channel AS channel ON channel.id = event.channel_id
             WHERE channel.account_ref = '{whatsapp.NUMBER}' ORDER BY event.id
        """
        last, wrong = {}, 0
        for (payload,) in site.rows(PRIMARY, query):
            content = json.loads(base64.b64decode(bytes(payload)))
            id_ = content["entry"][0]["changes"][0]["value"]["messages"][0]["id"]
            service, number = map(int, id_.split(".")[2:])
            wrong += number < last.get(service, 0)
            last[service] = number
        return wrong


def main():
    network.isolate("tests.drill.failover")
    site.fresh_folder(FOLDER)
    table = site.Table("Failover", FOLDER / "report.txt")
    stage = Stage()
    try:
        site.say("  starting two database nodes, etcd, HAProxy, two Odoo nodes, the receiver ...")
        rehearsal_ = Rehearsal(stage, stage.build(), table)
        rehearsal_.services.start()
        rehearsal_.agents.start()
        rehearse(stage, rehearsal_)
        rehearsal_.tell()
        return table.write()
    finally:
        stage.stop()


def rehearse(stage, rehearsal_):
    primary = stage.primary()
    rehearsal_.fault("primary killed", primary.kill, primary.patroni.start)

    first = stage.odoos[0]
    rehearsal_.fault("one Odoo node killed", first.program.kill, first.program.start)

    rehearsal_.fault("planned change of roles", lambda: switch_over(stage))

    cut = stage.primary()
    rehearsal_.fault("network of the primary cut", cut.machine.pull_cable, cut.machine.plug_cable)

    full = stage.primary()
    rehearsal_.fault("disk of the primary full", lambda: fill(stage, full), full.free_disk)


def switch_over(stage):
    leader = stage.primary().name
    words = [site.ENGINES / "patronictl", "-c", FOLDER / "db1.yml", "switchover", SCOPE, "--leader", leader, "--force"]
    subprocess.run([str(word) for word in words], env=site.engine_environment(), check=False, capture_output=True)


def fill(stage, node):
    """A full disk stops writes but not always PostgreSQL: then a person changes the roles, as the runbook says."""
    node.fill_disk()
    if wait_until(lambda: stage.primary() not in (None, node), "the other node to take over", FULL_DISK_SECONDS / 2):
        return
    site.say("  PostgreSQL lives on with a full disk; the roles are changed by hand (docs/runbooks/disk_free_share.md)")
    switch_over(stage)


if __name__ == "__main__":
    sys.exit(main())
