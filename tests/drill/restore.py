"""Backup and restore, rehearsed: work, a backup, more work, somebody's mistake, the loss of the database's machine.

Everything runs in DRILL_FOLDER: a PostgreSQL of its own with a copy of the demo database, Barman with the production's
settings, GnuPG with a key made for the occasion. Restored twice: the last moment (what is lost?), and the moment before
the mistake. Prints and keeps a table; ends with 1 when something is not as it must be.
"""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from config.environment import places

from . import site

FOLDER = Path(os.environ["DRILL_FOLDER"])
SOURCE = os.environ["DRILL_SOURCE"]
WORK = Path(__file__).with_name("in_odoo_work.py")
VERIFY = Path(__file__).with_name("in_odoo_verify.py")
PORT = 5471
RECIPIENT = "backup@helpdesk.example"
PASSPHRASE = "gladi"
MISTAKE = "UPDATE helpdesk_ticket SET name = 'terhapus', description = NULL"


class Backup:
    """Barman and the attachments' archive, set up as in production, on this machine."""

    def __init__(self, cluster, filestore):
        self.archive = FOLDER / "attachments"
        home = FOLDER / "gnupg"
        home.mkdir(mode=0o700)
        self.environment = site.engine_environment(
            GNUPGHOME=str(home),
            BARMAN_CONF=str(FOLDER / "barman.conf"),
            BACKUP_FILESTORE=str(filestore),
            BACKUP_ARCHIVE=str(self.archive),
            BACKUP_KEY=str(FOLDER / "backup.asc"),
            BACKUP_STAMP=str(FOLDER / "stamp"),
        )
        self._make_key()
        self._write_settings(cluster)

    def _make_key(self):
        gpg = ["gpg", "--batch", "--quiet", "--passphrase", PASSPHRASE, "--pinentry-mode", "loopback"]
        self.run(*gpg, "--quick-gen-key", RECIPIENT, "rsa3072", "encr", "never")
        self.run(*gpg, "--armor", "--output", FOLDER / "backup.asc", "--export", RECIPIENT)
        # in production a person types it, or a file that is there for the occasion holds it
        (FOLDER / "gnupg" / "gpg.conf").write_text(f"pinentry-mode loopback\npassphrase-file {FOLDER}/passphrase\n")
        (FOLDER / "passphrase").write_text(PASSPHRASE)

    def _write_settings(self, cluster):
        """The production's files with the names of this machine put in."""
        own = {
            "barman_user": os.environ.get("USER") or "root",
            "barman_home": FOLDER / "barman",
            "configuration_files_directory": FOLDER / "barman.d",
            "log_file": FOLDER / "barman.log",
            "conninfo": f"host={cluster.socket} port={cluster.port} user=postgres dbname=postgres",
            "streaming_conninfo": f"host={cluster.socket} port={cluster.port} user=postgres",
            "path_prefix": Path(site.postgres.server_program("postgres")).parent,
            "encryption_key_id": RECIPIENT,
            "encryption_passphrase_command": f"cat {FOLDER}/passphrase",
            "staging_path": FOLDER / "staging",
            # one backup is all there is at first
            "minimum_redundancy": 0,
        }
        for name in ("barman", "barman.d", "staging"):
            (FOLDER / name).mkdir()
        for source, target in (("barman.conf", "barman.conf"), ("kemenkes.conf", "barman.d/kemenkes.conf")):
            lines = (places.CONFIG / "backup" / source).read_text().splitlines()
            written = [_with_own(line, own) for line in lines]
            (FOLDER / target).write_text("\n".join(written) + "\n")

    def run(self, *words):
        with (FOLDER / "backup.log").open("a") as log:
            result = subprocess.run(
                [str(word) for word in words], env=self.environment, stdout=log, stderr=subprocess.STDOUT, check=False
            )
        if result.returncode:
            sys.exit(f"{words[0]} failed, see {FOLDER}/backup.log and {FOLDER}/barman.log")

    def barman(self, *words):
        self.run("barman", "-c", FOLDER / "barman.conf", *words)

    def begin(self):
        """The archive of the log runs from now on, as Barman's cron job keeps it running."""
        self.barman("cron")
        time.sleep(2)
        self.barman("switch-wal", "--force", "--archive", "--archive-timeout", "60", "kemenkes")

    def take(self):
        self.run(places.ROOT / "scripts" / "backup")

    def archive_attachments(self):
        """What runs every five minutes."""
        options = ["--filestore", self.environment["BACKUP_FILESTORE"], "--archive", self.archive / "now"]
        command = [places.ROOT / "scripts" / "attachments_archive", "add", *options]
        self.run(*command, "--key", FOLDER / "backup.asc")

    def restore(self, data, filestore, *moment):
        self.run(places.ROOT / "scripts" / "restore", data, filestore, *moment)


def _with_own(line, own):
    name = line.split("=")[0].strip()
    return f"{name} = {own[name]}" if name in own and not line.startswith(";") else line


def size_of(folder):
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def bring_back(backup, cluster, filestore, *moment):
    """Restore and start; the seconds it took."""
    start = time.monotonic()
    shutil.rmtree(cluster.data, ignore_errors=True)
    shutil.rmtree(filestore, ignore_errors=True)
    backup.restore(cluster.data, filestore, *moment)
    site.give_to_server_user(cluster.data)
    cluster.start()
    while cluster.rows("SELECT pg_is_in_recovery()")[0][0]:
        time.sleep(0.2)
    return time.monotonic() - start


def main():
    site.fresh_folder(FOLDER)
    table = site.Table("Backup and restore", FOLDER / "report.txt")
    cluster = site.Cluster(FOLDER, PORT)
    cluster.create()
    cluster.start()
    backup = None
    try:
        cluster.rows(site.ROLES, database="postgres")
        site.load_source(["-h", str(cluster.socket), "-p", str(PORT), "-U", "odoo"], SOURCE, FOLDER)
        filestore = site.copy_filestore(SOURCE, FOLDER / "odoo")
        odoo = site.Odoo("odoo", FOLDER, FOLDER / "odoo", db_host=cluster.socket, db_port=PORT, db_user="odoo")
        backup = Backup(cluster, filestore)
        rehearse(table, cluster, filestore, odoo, backup)
        return table.write()
    finally:
        if backup:
            subprocess.run(["gpgconf", "--kill", "all"], env=backup.environment, check=False)
            subprocess.run(
                ["barman", "-c", str(FOLDER / "barman.conf"), "receive-wal", "--stop", "kemenkes"],
                env=backup.environment,
                check=False,
                capture_output=True,
            )
        cluster.stop()


def rehearse(table, cluster, filestore, odoo, backup):
    odoo.shell(WORK, DRILL_TICKETS=10)
    backup.begin()
    start = time.monotonic()
    backup.take()
    table.row("base backup with attachments, compressed and encrypted", f"{time.monotonic() - start:.1f} s")
    stored = size_of(FOLDER / "barman") + size_of(backup.archive)
    [(database_size,)] = cluster.rows(f"SELECT pg_database_size('{site.DATABASE}')")
    table.row("size: database, attachments", f"{database_size / 1e6:.0f} MB, {size_of(filestore) / 1e6:.0f} MB")
    table.row("size of the backup", f"{stored / 1e6:.0f} MB")
    odoo.shell(WORK, DRILL_TICKETS=25)
    before_mistake = site.counts(cluster.dsn)
    [(moment,)] = cluster.rows("SELECT clock_timestamp()::text")
    time.sleep(1)
    cluster.rows(MISTAKE)
    odoo.shell(WORK, DRILL_TICKETS=15)
    backup.archive_attachments()
    at_the_end = site.counts(cluster.dsn)
    [(last,)] = cluster.rows("SELECT max(create_date) FROM helpdesk_ticket")
    cluster.kill()
    shutil.rmtree(cluster.data)
    shutil.rmtree(filestore)
    table.row("the database's machine is lost (SIGKILL, folders removed), committed", describe(at_the_end))

    seconds = bring_back(backup, cluster, filestore)
    found = site.counts(cluster.dsn)
    table.row("restored to the last moment", describe(found), found == at_the_end)
    [(restored_last,)] = cluster.rows("SELECT max(create_date) FROM helpdesk_ticket")
    table.row(
        "lost (RPO: from the last ticket restored to the last ticket made)",
        f"{(last - restored_last).total_seconds():.1f} s",
    )
    verify(table, odoo)
    table.row("time until the database serves", f"{seconds:.1f} s")
    cluster.stop()

    start = time.monotonic()
    bring_back(backup, cluster, filestore, moment)
    found = site.counts(cluster.dsn)
    table.row("restored to the moment before the mistake", describe(found), found == before_mistake)
    [(spoilt,)] = cluster.rows("SELECT count(*) FROM helpdesk_ticket WHERE name = 'terhapus'")
    table.row("tickets that the mistake has spoilt", spoilt, spoilt == 0)
    odoo.program.start()
    try:
        odoo.wait()
        is_in = site.Browser(odoo.url).log_in("manajer1@demo.kemenkes.example", "demo")
        table.row("log-in works", "yes" if is_in else "no", is_in)
        table.row("from the decision to a log-in (RTO)", f"{time.monotonic() - start:.1f} s")
    finally:
        odoo.program.stop()
    verify(table, odoo)


def verify(table, odoo):
    found = odoo.shell(VERIFY)
    table.row("rows of the ledger whose chain is broken", found["broken_ledger_rows"], not found["broken_ledger_rows"])
    table.row(
        "attachments without their file",
        f"{found['missing_files']} of {found['attachments']}",
        not found["missing_files"],
    )


def describe(found):
    return ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in found.items())


if __name__ == "__main__":
    sys.exit(main())
