"""R13: the receiver's spool, killed and cut off at any moment."""

import os
import signal
import subprocess
import sys
import time
from datetime import datetime

import gevent
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from receiver.payload import Payload
from receiver.spool import Spool, SpoolFull, SpoolTaken

from config.environment import places

NOW = datetime(2026, 3, 2, 3, 4, 5)
WRITER = """
import sys
from datetime import datetime
from receiver.payload import Payload
from receiver.spool import Spool
spool = Spool(sys.argv[1], 10**9)
for number in range(10**6):
    spool.append([Payload(1, str(number), b"x" * 2000, {}, datetime(2026, 1, 1))])
    print(number, flush=True)
"""


def payload(key, raw=b"{}"):
    return Payload(7, key, raw, {"content-type": "application/json"}, NOW)


def keys(spool):
    found = []
    while (some := spool.oldest(1))[0]:
        found += [one.key for one in some[1]]
        spool.remove(some[0])
    return found


@given(
    raw=st.binary(max_size=300),
    key=st.text(max_size=40),
    headers=st.dictionaries(st.text(max_size=8), st.text(max_size=20), max_size=3),
)
@settings(max_examples=60, deadline=None)
def test_a_payload_survives_its_line(raw, key, headers):
    one = Payload(3, key, raw, headers, NOW)
    line = one.to_line()
    assert "\n" not in line
    assert Payload.from_line(line) == one


def test_order_and_restart(tmp_path):
    spool = Spool(tmp_path / "spool", 10**6)
    assert spool.is_empty
    for number in range(12):
        spool.append([payload(f"{number}a"), payload(f"{number}b")])
    spool.remove(spool.oldest(1)[0])
    spool.close()
    again = Spool(tmp_path / "spool", 10**6)
    assert not again.is_empty
    again.append([payload("last")])
    assert keys(again) == [f"{number}{letter}" for number in range(1, 12) for letter in "ab"] + ["last"]
    assert again.is_empty
    assert again.size == 0


def test_many_batches_at_once(tmp_path):
    """What waits is taken faster than it comes: several batches together, none of them torn, none before a bad one."""
    spool = Spool(tmp_path, 10**6)
    for number in range(5):
        spool.append([payload(f"{number}a"), payload(f"{number}b")])
    names, payloads = spool.oldest(5)
    assert (len(names), [one.key for one in payloads]) == (2, ["0a", "0b", "1a", "1b"])
    spool.remove(names)
    (tmp_path / sorted(path.name for path in tmp_path.glob("*.batch"))[1]).write_text("{")
    assert [one.key for one in spool.oldest(100)[1]] == ["2a", "2b"]


def test_order_of_many_writers(tmp_path):
    spool = Spool(tmp_path, 10**6)
    gevent.joinall([gevent.spawn(spool.append, [payload(str(number))]) for number in range(30)], raise_error=True)
    assert keys(spool) == [str(number) for number in range(30)]


def test_only_its_user_reads_it(tmp_path):
    spool = Spool(tmp_path / "spool", 10**6)
    spool.append([payload("a")])
    spool.keep_channels([{"app_secret": "rahasia"}])
    assert spool.folder.stat().st_mode & 0o077 == 0
    assert [
        file.name
        for file in spool.folder.iterdir()
        if file.is_file() and file.stat().st_mode & 0o007 and file.name != "lock"
    ] == []
    assert spool.channels() == [{"app_secret": "rahasia"}]


def test_one_receiver_a_folder(tmp_path):
    spool = Spool(tmp_path, 10**6)
    with pytest.raises(SpoolTaken):
        Spool(tmp_path, 10**6)
    spool.close()
    assert Spool(tmp_path, 10**6).is_empty


def test_full(tmp_path):
    spool = Spool(tmp_path, 1000)
    spool.append([payload("a", b"x" * 300)])
    with pytest.raises(SpoolFull):
        spool.append([payload("b", b"x" * 600)])
    assert keys(spool) == ["a"]
    spool.append([payload("c", b"x" * 600)])
    assert keys(spool) == ["c"]


def test_a_disk_that_fails_leaves_nothing_that_nobody_was_told_of(tmp_path, monkeypatch):
    spool = Spool(tmp_path, 10**6)

    def fail(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(SpoolFull):
        spool.append([payload("a")])
    assert spool.is_empty
    assert [file.name for file in tmp_path.iterdir() if file.is_file()] == ["lock"]
    monkeypatch.undo()
    spool.append([payload("b")])
    assert keys(spool) == ["b"]


def test_killed_while_it_writes(tmp_path):
    """Whatever was acknowledged is there, in order, whole, after each of several kills."""
    environment = {**os.environ, "PYTHONPATH": str(places.ADDONS / "kemenkes_channels")}
    for round_ in range(3):
        folder = tmp_path / str(round_)
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(folder)], env=environment, stdout=subprocess.PIPE, text=True
        ) as writer:
            acknowledged = int(writer.stdout.readline())
            time.sleep(0.02 * (round_ + 1))
            writer.send_signal(signal.SIGKILL)
            acknowledged = max([acknowledged, *map(int, writer.stdout.read().split("\n")[:-1])])
        found = keys(Spool(folder, 10**9))
        assert found == [str(number) for number in range(len(found))]
        assert len(found) > acknowledged


def test_a_batch_that_cannot_be_read_is_put_aside(tmp_path):
    spool = Spool(tmp_path, 10**6)
    spool.append([payload("a")])
    spool.append([payload("b")])
    min(tmp_path.glob("*.batch")).write_text("{")
    with pytest.raises(ValueError, match="Expecting"):
        spool.oldest(10)
    spool.put_aside()
    assert spool.rejected_count == 1
    assert keys(spool) == ["b"]
