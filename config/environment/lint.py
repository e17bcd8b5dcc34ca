"""Checks of form: ruff and pylint-odoo for Python, prettier for XML and JavaScript where Node.js is there."""

import shutil
import subprocess

from . import addons, marker, odoo_command, places, process, python_packages, setup
from .step import Step, carry_out, say

PRETTIER = ("prettier@3.6.2", "@prettier/plugin-xml@3.4.2")
SETTINGS = places.CONFIG / "prettier.json"


def run(_arguments):
    """Run every check; exit code 0 when none found anything."""
    with setup.one_at_a_time():
        setup.prepare(python_packages.requirements_step(python_packages.DEVELOPMENT))
    checks = [("ruff", ["-m", "ruff", "check"]), ("ruff format", ["-m", "ruff", "format", "--check"])]
    results = [_check(title, [str(places.PYTHON), *words, "."]) for title, words in checks]
    folders = [str(addon.folder) for addon in addons.discover()]
    if folders:
        results.append(_check("pylint-odoo", [str(places.PYTHON), "-m", "pylint", "--rcfile", "pyproject.toml", *folders]))
    results.append(_prettier())
    return max(results)


def _check(title, command):
    say(f"  {title} ...")
    return subprocess.run(command, cwd=places.ROOT, env=odoo_command.environment(), check=False).returncode


def _prettier():
    if not shutil.which("npm"):
        say("  prettier: not run, it needs Node.js and npm")
        return 0
    carry_out([_prettier_step()])
    files = [str(path.relative_to(places.ROOT)) for path in _files()]
    program = places.NODE / "node_modules" / ".bin" / "prettier"
    plugin = places.NODE / "node_modules" / "@prettier" / "plugin-xml" / "src" / "plugin.js"
    options = ["--config", str(SETTINGS), "--plugin", str(plugin), "--check"]
    return _check("prettier", [str(program), *options, *files]) if files else 0


def _prettier_step():
    key = " ".join(PRETTIER)
    return Step(
        "prettier",
        lambda: marker.read("prettier") == key,
        lambda: _install_prettier(key),
    )


def _install_prettier(key):
    places.NODE.mkdir(exist_ok=True)
    process.run(["npm", "install", "--no-save", "--prefix", str(places.NODE), *PRETTIER], "npm", "install prettier")
    marker.write("prettier", key)


def _files():
    """Scripts, styles and views that a person writes; not libraries that lie in static/lib."""
    patterns = ("*/static/src/**/*.js", "*/static/src/**/*.scss", "*/static/tests/**/*.js", "*/views/*.xml",
                "*/security/*.xml", "*/data/*.xml", "*/static/src/**/*.xml")  # fmt: skip
    return sorted({path for pattern in patterns for path in places.ADDONS.glob(pattern)})
