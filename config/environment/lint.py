"""Checks of form: ruff, vermin and pylint-odoo for Python, prettier for scripts and styles where Node.js is there,
that docs/requirements.md names tests that are there, and pip-audit: whether a pinned package has a known weakness.

XML is left to its writers: a formatter moves the spaces that a page shows.
`format` mends what ruff and prettier can mend themselves.
"""

import json
import subprocess
from pathlib import Path

from . import addons, node_packages, odoo_command, places, python_packages, requirement_table, setup
from .step import say

# All of pylint-odoo; ruff has the rest. We write no README.rst, one model may be spread over files by topic, tables of
# settings are small enough to be read whole, and what computes a field has nothing to return.
NOT_OURS = "missing-readme,consider-merging-classes-inherited,no-search-all,missing-return"
PYLINT_RULES = ("--disable=all", "--enable=odoolint", f"--disable={NOT_OURS}")
# Names of newer Pythons than the oldest that the README promises; ruff does not know them.
OLDEST_PYTHON = ("--target=3.10-", "--violations", "--eval-annotations", "--no-tips", "--quiet")
SETTINGS = places.CONFIG / "prettier.json"
# Known, and nothing to mend: each with its reason in docs/security.md.
ACCEPTED = {"CVE-2024-23342"}


def run(_arguments):
    """Run every check; exit code 0 when none found anything."""
    _prepare()
    codes = [_python("ruff", "check", "."), _python("ruff", "format", "--check", ".")]
    codes.append(_run([str(places.PYTHON.parent / "vermin"), *OLDEST_PYTHON, "addons", "config", "tests"]))
    folders = [str(addon.folder) for addon in addons.discover()]
    if folders:
        codes.append(_python("pylint", *PYLINT_RULES, *folders))
    codes.append(1 if requirement_table.check() else 0)
    codes.append(_audit())
    return max(*codes, _prettier("--check"))


def mend(_arguments):
    """Bring everything into form; what stays is shown by `lint`."""
    _prepare()
    return max(_python("ruff", "check", "--fix-only", "."), _python("ruff", "format", "."), _prettier("--write"))


def _prepare():
    with setup.one_at_a_time():
        setup.prepare(python_packages.requirements_step(python_packages.DEVELOPMENT))


def _python(*words):
    return _run([str(places.PYTHON), "-m", *words])


def _audit():
    """Ask the public list of weaknesses about every pinned package; without a network say so and go on."""
    say("  pip-audit ...")
    words = ["-m", "pip_audit", "--disable-pip", "--no-deps", "--progress-spinner", "off", "--timeout", "10"]
    words += ["--format", "json", "--requirement", str(python_packages.PRODUCT)]
    command = [str(places.PYTHON), *words]
    done = subprocess.run(command, cwd=places.ROOT, capture_output=True, text=True, check=False)
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        packages = []
    if all("skip_reason" in package for package in packages):
        say("  pip-audit: not run, the list of known weaknesses can't be reached")
        return 0
    found = [
        f"{package['name']} {package['version']}: {weakness['id']}, mended in {weakness['fix_versions'] or 'none'}"
        for package in packages
        for weakness in package.get("vulns", ())
        if not ACCEPTED.intersection([weakness["id"], *weakness["aliases"]])
    ]
    print("".join(f"{line}\n" for line in found), end="")
    return 1 if found else 0


def _prettier(mode):
    if not node_packages.prepare(node_packages.PRETTIER):
        return 0
    program = node_packages.folder(node_packages.PRETTIER).parent / ".bin" / "prettier"
    options = ["--config", str(SETTINGS), "--log-level", "warn", mode]
    files = [str(path.relative_to(places.ROOT)) for path in _files()]
    return _run([str(program), *options, *files]) if files else 0


def _run(command):
    say(f"  {Path(command[2] if command[1] == '-m' else command[0]).name} ...")
    return subprocess.run(command, cwd=places.ROOT, env=odoo_command.environment(), check=False).returncode


def _files():
    """Scripts and styles that a person of this project writes; not libraries that lie in static/lib."""
    patterns = ("*/static/src/**/*.js", "*/static/src/**/*.scss", "*/static/tests/**/*.js")
    return sorted({path for pattern in patterns for path in places.ADDONS.glob(pattern)})
