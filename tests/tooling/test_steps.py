"""A set-up that is cut off goes on where it stopped."""

import os
import signal
import subprocess
import sys
import time

import pytest

from config.environment import marker, oca, places, process, python_packages
from config.environment.problem import Problem
from config.environment.step import Step, carry_out


@pytest.fixture
def var(tmp_path, monkeypatch):
    """A folder of its own for what the machine makes."""
    monkeypatch.setattr(places, "STATE", tmp_path / "state")
    monkeypatch.setattr(places, "LOG", tmp_path / "log")
    return tmp_path


def test_done_steps_are_skipped_and_the_rest_is_timed(capsys):
    did = []
    carry_out(
        [Step("first", lambda: True, lambda: did.append(1)), Step("second", lambda: False, lambda: did.append(2))]
    )
    assert did == [2]
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "  ready    first"
    assert lines[-1].startswith("  done     second (0.0 s")


def test_a_step_that_fails_is_done_again(var):
    def fail():
        raise Problem("broken")

    with pytest.raises(Problem):
        carry_out([Step("a", lambda: marker.read("a") == "1", fail)])
    assert marker.read("a") is None
    carry_out([Step("a", lambda: marker.read("a") == "1", lambda: marker.write("a", "1"))])
    assert marker.read("a") == "1"


def test_a_killed_step_leaves_no_note(tmp_path):
    """Kills the process in the middle of a step, as Ctrl-C or a power cut does, and starts it again."""
    script = """
import time
from config.environment import marker
from config.environment.step import Step, carry_out
def work(name, seconds):
    return Step(name, lambda: marker.read(name) == "1", lambda: (time.sleep(seconds), marker.write(name, "1")))
carry_out([work("quick", 0), work("slow", float(%r))])
"""
    variables = {**os.environ, "HELPDESK_VAR": str(tmp_path)}
    first = subprocess.Popen(
        [sys.executable, "-c", script % "30"], cwd=places.ROOT, env=variables, stdout=subprocess.PIPE
    )
    while not (tmp_path / "state" / "quick").exists():
        time.sleep(0.02)
    time.sleep(0.1)
    first.send_signal(signal.SIGKILL)
    first.communicate()
    second = subprocess.run(
        [sys.executable, "-c", script % "0"], cwd=places.ROOT, env=variables, capture_output=True, text=True, check=True
    )
    assert [line.split()[:2] for line in second.stdout.splitlines()] == [
        ["ready", "quick"],
        ["working", "slow"],
        ["done", "slow"],
    ]
    assert sorted(path.name for path in (tmp_path / "state").iterdir()) == ["quick", "slow"]


def test_no_network_is_one_line(var, monkeypatch):
    """pip really runs, against an address where nobody listens."""
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_FIND_LINKS", "")
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
    monkeypatch.setattr(
        python_packages, "PIP", [sys.executable, "-m", "pip", "--disable-pip-version-check", "--retries", "0"]
    )
    with pytest.raises(Problem) as caught:
        python_packages.pip_install(["--target", str(var / "x"), "kemenkes-package-that-is-not-there"], "pip")
    assert "could not install Python packages" in str(caught.value)
    assert "Is there a network" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_missing_program_is_one_line(var):
    with pytest.raises(Problem, match="the program no-such-program is not installed"):
        process.run(["no-such-program"], "x", "do it")


def test_a_failing_program_is_quoted(var):
    with pytest.raises(Problem, match=r"could not do it: E: the reason \(whole output: .*x\.log\)"):
        process.run([sys.executable, "-c", "print('E: the reason'); print('bye'); raise SystemExit(3)"], "x", "do it")


def test_collection_without_pins_is_an_empty_folder(var):
    pins = var / "none.txt"
    pins.write_text("# nothing\n")
    collection = oca.Collection("none", pins, var / "none")
    carry_out([oca.collection_step(collection)])
    assert list(collection.addons.iterdir()) == []
    assert oca.collection_step(collection).done()
    pins.write_text("# something else\n")
    assert not oca.collection_step(collection).done()
