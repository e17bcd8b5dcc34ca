"""Odoo's command line with this project's settings."""

import configparser
import os
import subprocess

from . import node_packages, oca, odoo_source, places, process

SETTINGS = places.CONFIG / "odoo.conf"
# Where calls find the model that writes them down; kemenkes_channels reads it.
SPEECH_MODEL = "HELPDESK_SPEECH_MODEL"
# The script that finds what shuts people out of a page; tests of screens read it.
AXE = "HELPDESK_AXE"


def write_conf(server, collections=(oca.PRODUCT,)):
    """Write VAR/odoo.conf: the project's settings for one machine plus what only this machine knows.

    Read by Odoo through ODOO_RC, so every one of its commands has them without an option.
    """
    conf = configparser.RawConfigParser()
    conf.read(SETTINGS)
    folders = [*odoo_source.source().addons, *(collection.addons for collection in collections), places.ADDONS]
    conf["options"].update(
        addons_path=",".join(str(folder) for folder in folders if folder.exists()),
        data_dir=str(places.DATA),
        db_host=server.host,
        db_port=str(server.port),
        db_user=server.user,
    )
    if server.password:
        conf["options"]["db_password"] = server.password
    unfinished = places.ODOO_CONF.with_suffix(".unfinished")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        conf.write(file)
    unfinished.replace(places.ODOO_CONF)


def environment():
    """Variables under which `import odoo` and Odoo's programs work in the virtual environment."""
    path = os.pathsep.join((str(places.VENV / "bin"), os.environ.get("PATH", "")))
    python_path = str(odoo_source.source().python_path)
    axe = node_packages.folder(node_packages.AXE) / "axe.min.js"
    return {
        **os.environ,
        "PATH": path,
        "PYTHONPATH": python_path,
        "ODOO_RC": str(places.ODOO_CONF),
        "PYTHONUNBUFFERED": "1",
        **({SPEECH_MODEL: str(places.SPEECH)} if (places.SPEECH / "model.bin").is_file() else {}),
        **({AXE: str(axe)} if axe.is_file() else {}),
    }


def words(*arguments):
    """The command line that runs Odoo with `arguments`."""
    return [str(places.PYTHON), str(odoo_source.source().script), *arguments]


def run(arguments, log_name, purpose, **options):
    """Run Odoo to its end, its output in VAR/log; a failure is a Problem."""
    process.run(words(*arguments), log_name, purpose, env=environment(), cwd=places.ROOT, **options)


def run_script(database, script, purpose, variables=()):
    """Run a Python file of this package in Odoo's shell on `database`, where `env` is at hand."""
    command = words("shell", "-d", database, "--no-http")
    with script.open() as text:
        process.run(
            command, script.stem, purpose, stdin=text, env={**environment(), **dict(variables)}, cwd=places.ROOT
        )


def change_modules(database, log_name, *arguments):
    """Install (-i) or update (-u) modules in `database`."""
    run(
        ["server", "-d", database, "--stop-after-init", "--no-http", *arguments],
        log_name,
        f"install modules in the database {database}",
    )


def pass_through(arguments):
    """Run Odoo in the foreground for a person; its exit code."""
    return subprocess.run(words(*arguments), env=environment(), check=False).returncode
