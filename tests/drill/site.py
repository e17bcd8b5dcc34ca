"""What the rehearsals share: programs that are started and killed, PostgreSQL in a scratch folder, Odoo on it."""

import configparser
import contextlib
import http.cookiejar
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import psycopg2

from config.environment import machine, odoo_command, places, postgres, rehearsal

DATABASE = "kemenkes"
PATIENCE_SECONDS = 180
ENGINES = rehearsal.VENV / "bin"
LIBRARIES = ("usr/lib/x86_64-linux-gnu", "usr/lib/aarch64-linux-gnu", "lib/x86_64-linux-gnu", "lib/aarch64-linux-gnu")
# Who owns the database, and the group of its readers, whose rights a copy carries (docs/database-login.md).
ROLES = "CREATE ROLE odoo LOGIN CREATEDB; CREATE ROLE pusdatin_readers"
# As the service of config/ does: Odoo ends when its database is away at the wrong moment.
STARTED_AGAIN = ("sh", "-c", 'while :; do "$@"; sleep 2; done', "odoo")
# What may not differ after a restore or a failover.
COUNTS = """
    SELECT (SELECT count(*) FROM helpdesk_ticket) AS tickets,
           (SELECT count(*) FROM mail_message WHERE model = 'helpdesk.ticket') AS messages,
           (SELECT count(*) FROM helpdesk_event) AS ledger_rows,
           (SELECT count(*) FROM ir_attachment WHERE store_fname IS NOT NULL) AS attachments
"""


def say(text=""):
    print(text, flush=True)


class Table:
    """The report: what was measured, printed and kept in a file."""

    def __init__(self, title, file):
        self._file, self._lines = Path(file), [title, "=" * len(title)]
        self.failures = []
        say(f"\n{title}")

    def row(self, name, value, is_good=True):
        """One measured thing; what is not good makes the rehearsal fail."""
        line = f"{name:<62} {value}" + ("" if is_good else "   <-- NOT AS IT MUST BE")
        self._lines.append(line)
        say(f"  {line}")
        if not is_good:
            self.failures.append(name)

    def write(self):
        """Keep the report; the exit code of the rehearsal."""
        verdict = f"failed: {', '.join(self.failures)}" if self.failures else "everything as it must be"
        self._lines.append(verdict)
        self._file.write_text("\n".join(self._lines) + "\n")
        say(f"\n{verdict}; report: {places.shown(self._file)}")
        return 1 if self.failures else 0


class Program:
    """A program in the background, with its output in a file."""

    def __init__(self, name, words, folder, **options):
        self.name, self._words, self._options = name, [str(word) for word in words], options
        self._log = Path(folder) / f"{name}.log"
        self._process = None

    def start(self):
        with self._log.open("a") as output:
            self._process = subprocess.Popen(
                self._words, stdout=output, stderr=subprocess.STDOUT, start_new_session=True, **self._options
            )
        return self

    @property
    def pid(self):
        return self._process.pid

    @property
    def is_running(self):
        return self._process is not None and self._process.poll() is None

    def kill(self, number=signal.SIGKILL):
        """Signal the program with all that it has started."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=30)

    def stop(self):
        """End it in order, or else at once."""
        if self.is_running:
            self.kill(signal.SIGTERM)
        if self.is_running:
            self.kill()


def engine_environment(**more):
    """Variables under which the fetched engines find their libraries and PostgreSQL's programs."""
    libraries = [str(rehearsal.PROGRAMS / folder) for folder in LIBRARIES]
    folders = [
        str(ENGINES),
        str(rehearsal.PROGRAMS / "usr/bin"),
        str(rehearsal.PROGRAMS / "usr/sbin"),
        str(Path(postgres.server_program("postgres")).parent),
    ]
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return {
        **inherited,
        "PATH": os.pathsep.join((*folders, os.environ["PATH"])),
        "LD_LIBRARY_PATH": os.pathsep.join(libraries),
        **more,
    }


def fresh_folder(path):
    """An empty folder that PostgreSQL's user may enter."""
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    path.chmod(0o755)
    return path


def give_to_server_user(path):
    """PostgreSQL serves only what is its user's alone."""
    user = postgres.as_server_user().get("user")
    if user is not None:
        subprocess.run(["chown", "-R", str(user), str(path)], check=True)
    path.chmod(0o700)


class Cluster:
    """A PostgreSQL of the rehearsal's own, on a socket of its own."""

    def __init__(self, folder, port):
        self.data, self.socket, self.port = folder / "data", folder / "socket", port
        self._log = folder / "socket" / "postgres.log"
        self.socket.mkdir()
        give_to_server_user(self.socket)

    def create(self):
        give_to_server_user_parent = self.data.parent
        user = postgres.as_server_user().get("user")
        if user is not None:
            os.chown(give_to_server_user_parent, user, -1)
        words = ["initdb", "-D", self.data, "-U", "postgres", "--auth", "trust", "--encoding", "UTF8"]
        locale = ["--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"]
        self._run(*words, *locale)

    def start(self):
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": self.socket,
            "port": self.port,
            "shared_buffers": "256MB",
            "max_wal_size": "2GB",
            "timezone": "UTC",
        }
        options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
        self._run("pg_ctl", "-D", self.data, "-l", self._log, "-w", "-t", PATIENCE_SECONDS, "-o", options, "start")

    def stop(self):
        self._run("pg_ctl", "-D", self.data, "-w", "-m", "fast", "stop", check=False)

    def kill(self):
        """As a power cut: the process and all of its children are gone at once."""
        pid = int((self.data / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGKILL)
        time.sleep(1)

    def _run(self, program, *words, check=True):
        command = [postgres.server_program(program), *map(str, words)]
        subprocess.run(command, check=check, stdout=subprocess.DEVNULL, **postgres.as_server_user())

    @property
    def dsn(self):
        return f"host={self.socket} port={self.port} user=postgres dbname={DATABASE}"

    def rows(self, query, database=DATABASE):
        return rows(f"host={self.socket} port={self.port} user=postgres dbname={database}", query)


def rows(dsn, query):
    """Result of a query as tuples; each in a transaction of its own."""
    connection = psycopg2.connect(dsn, connect_timeout=5)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def counts(dsn):
    """What may not differ, by name."""
    [found] = rows(dsn, COUNTS)
    return dict(zip(("tickets", "messages", "ledger_rows", "attachments"), found, strict=True))


def load_source(target_dsn_words, source, folder):
    """Copy a prepared database of the project's own server into another one.

    :param list target_dsn_words: -h, -p, -U of the target, for PostgreSQL's programs
    """
    dump = folder / "dump"
    shutil.rmtree(dump, ignore_errors=True)
    with postgres.running() as server:
        words = [postgres.program("pg_dump"), "-Fd", "-j2", "-Z0", "--no-owner", "-f", str(dump), source]
        subprocess.run(words, env=server.environment, check=True)
    words = [postgres.program("createdb"), *target_dsn_words, "-T", "template0", "-l", "C", DATABASE]
    subprocess.run(words, check=True)
    words = [postgres.program("pg_restore"), *target_dsn_words, "-j2", "--no-owner", "-d", DATABASE, str(dump)]
    subprocess.run(words, check=True)
    shutil.rmtree(dump)


def copy_filestore(source, data_dir):
    """The attachments of a prepared database, linked: Odoo never writes into an existing file."""
    target = data_dir / "filestore" / DATABASE
    shutil.copytree(places.DATA / "filestore" / source, target, copy_function=os.link)
    return target


class Odoo:
    """Odoo on some database, and one node of it that serves."""

    def __init__(self, name, folder, data_dir, **settings):
        self.name, self._folder = name, folder
        self.port = machine.free_port()
        self._conf = folder / f"{name}.conf"
        conf = configparser.RawConfigParser()
        conf.read(places.ODOO_CONF)
        conf["options"].update({"data_dir": str(data_dir), "db_name": DATABASE})
        conf["options"].update({key: str(value) for key, value in settings.items()})
        with self._conf.open("w") as file:
            conf.write(file)
        self.environment = {**odoo_command.environment(), "ODOO_RC": str(self._conf)}
        words = odoo_command.words("server", "--http-port", str(self.port), "--http-interface", "127.0.0.1")
        self.program = Program(name, [*STARTED_AGAIN, *words], folder, env=self.environment, cwd=places.ROOT)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def shell(self, script, **variables):
        """Run a Python file in Odoo's shell; what it prints as its last line, as JSON."""
        words = odoo_command.words("shell", "-d", DATABASE, "--no-http", "--log-level", "error")
        environment = {**self.environment, **{name: str(value) for name, value in variables.items()}}
        with Path(script).open() as text:
            result = subprocess.run(
                words, stdin=text, env=environment, cwd=places.ROOT, capture_output=True, text=True, check=False
            )
        lines = [line for line in result.stdout.splitlines() if line.startswith("{")]
        if not lines:
            sys.exit(f"{script} failed:\n{result.stdout[-2000:]}\n{result.stderr[-4000:]}")
        return json.loads(lines[-1])

    def wait(self, seconds=PATIENCE_SECONDS):
        """Until it answers."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with contextlib.suppress(OSError):
                if urllib.request.urlopen(f"{self.url}/web/health", timeout=5).status == 200:
                    return
            time.sleep(0.3)
        sys.exit(f"{self.name} does not answer")


class Browser:
    """A person's browser: keeps cookies, logs in, calls."""

    def __init__(self, url):
        self.url = url
        jar = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))

    def log_in(self, login, password, timeout=30):
        """Whether the login's page after it is not the login's page again."""
        page = self._open("/web/login", timeout=timeout)
        found = re.search(r'name="csrf_token" value="([^"]+)"', page)
        if not found:
            return False
        form = {"login": login, "password": password, "csrf_token": found.group(1)}
        page = self._open("/web/login", urllib.parse.urlencode(form).encode(), timeout=timeout)
        return 'name="password"' not in page

    def _open(self, path, data=None, timeout=30):
        with self._opener.open(f"{self.url}{path}", data, timeout=timeout) as answer:
            return answer.read().decode()

    def call(self, model, method, args=(), timeout=15, **kwargs):
        """A public method through the web client's door.

        :raise OSError: no answer
        :raise RuntimeError: the server's error
        """
        params = {"model": model, "method": method, "args": list(args), "kwargs": kwargs}
        body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}).encode()
        address = f"{self.url}/web/dataset/call_kw/{model}/{method}"
        request = urllib.request.Request(address, body, {"Content-Type": "application/json"})
        with self._opener.open(request, timeout=timeout) as answer:
            content = json.loads(answer.read())
        if "error" in content:
            raise RuntimeError(content["error"]["data"]["message"])
        return content["result"]
