"""Runs other programs, with their output kept in a log file."""

import os
import subprocess

from . import places
from .problem import Problem

LAST_WORDS = 300


def run(command, log_name, purpose, **options):
    """Run `command` (a list); its output goes to VAR/log/`log_name`.log.

    `purpose` completes the sentence "could not ..." of the Problem raised when it fails.
    `options` go to subprocess.run (env, cwd, input, user ...).
    """
    log = places.LOG / f"{log_name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w") as output:
        try:
            result = subprocess.run(command, stdout=output, stderr=subprocess.STDOUT, text=True, check=False, **options)
        except FileNotFoundError:
            raise Problem(f"could not {purpose}: the program {command[0]} is not installed") from None
    if result.returncode:
        raise Problem(
            f"could not {purpose}: {last_words(log.read_text(errors='replace'))} (whole output: {places.shown(log)})"
        )


def answer(command, purpose, **options):
    """Run `command` and return what it prints."""
    try:
        result = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    except FileNotFoundError:
        raise Problem(f"could not {purpose}: the program {command[0]} is not installed") from None
    if result.returncode:
        raise Problem(f"could not {purpose}: {last_words(result.stderr or result.stdout)}")
    return result.stdout


def last_words(text):
    """The line of a program's output most likely to say what went wrong: the last one with 'error', else the last."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        return "no message"
    blamed = [line for line in lines if "error" in line.lower() or line.startswith("E: ")]
    return (blamed or lines)[-1][:LAST_WORDS]


def alive(pid):
    """Whether a process with this id exists."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
