"""R13: the archive of attachments, with a real key."""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from config.environment import places

SCRIPT = places.ROOT / "scripts" / "attachments_archive"
USER = "Cadangan <cadangan@helpdesk.example>"

pytestmark = pytest.mark.skipif(not shutil.which("gpg"), reason="GnuPG is not installed")


@pytest.fixture(scope="module")
def home():
    # GnuPG's socket has a short path or none
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "GNUPGHOME": folder}
        words = ["gpg", "--batch", "--quiet", "--passphrase", ""]
        subprocess.run([*words, "--quick-gen-key", USER, "rsa2048", "encr", "never"], env=environment, check=True)
        subprocess.run([*words, "--armor", "--output", f"{folder}/key.asc", "--export"], env=environment, check=True)
        yield Path(folder)
        subprocess.run(["gpgconf", "--kill", "all"], env=environment, check=False)


def put(filestore, content):
    name = hashlib.sha1(content).hexdigest()
    (filestore / name[:2]).mkdir(parents=True, exist_ok=True)
    (filestore / name[:2] / name).write_bytes(content)


def run(home, command, **options):
    words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    environment = {**os.environ, "GNUPGHOME": str(home)}
    return subprocess.run(
        [sys.executable, SCRIPT, command, *words], env=environment, capture_output=True, text=True, check=False
    )


def content(folder):
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_files_of_every_moment_come_back(home, tmp_path):
    filestore, archive, restored = tmp_path / "filestore", tmp_path / "archive", tmp_path / "restored"
    key = home / "key.asc"
    for number in range(20):
        put(filestore, b"isi %d" % number)
    (filestore / "checklist").mkdir()
    (filestore / "checklist" / "x").touch()
    first = content(filestore)
    assert run(home, "add", filestore=filestore, archive=archive / "2026-01", key=key).stdout == "20 files added\n"
    assert run(home, "add", filestore=filestore, archive=archive / "2026-01", key=key).stdout == "0 files added\n"
    # a file that was removed since then is still part of the past
    next(file for file in filestore.rglob("*") if file.is_file() and file.parent.name != "checklist").unlink()
    put(filestore, b"rahasia negara")
    assert run(home, "add", filestore=filestore, archive=archive / "2026-02", key=key).stdout == "20 files added\n"
    assert b"rahasia negara" not in b"".join(content(archive).values())
    result = run(home, "extract", archive=archive, filestore=restored)
    assert result.returncode == 0, result.stderr
    found = content(restored)
    assert {name: text for name, text in first.items() if "checklist" not in name}.items() <= found.items()
    assert len(found) == 21
    assert run(home, "check", filestore=restored).returncode == 0


def test_damage_is_told(home, tmp_path):
    put(tmp_path, b"utuh")
    put(tmp_path, b"rusak")
    (damaged,) = [file for file in tmp_path.rglob("*") if file.is_file() and file.read_bytes() == b"rusak"]
    damaged.write_bytes(b"lain")
    result = run(home, "check", filestore=tmp_path)
    assert (result.returncode, result.stdout) == (1, f"damaged: {damaged.parent.name}/{damaged.name}\n")


def test_without_a_key_nothing_is_half_done(home, tmp_path):
    put(tmp_path / "filestore", b"isi")
    nowhere = tmp_path / "nowhere.asc"
    result = run(home, "add", filestore=tmp_path / "filestore", archive=tmp_path / "archive", key=nowhere)
    assert result.returncode
    assert not (tmp_path / "archive" / "index").exists()
