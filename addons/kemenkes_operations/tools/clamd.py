"""A client of ClamAV's daemon: one file a connection, as a stream (clamd(8), "INSTREAM", ClamAV 1.4)."""

import contextlib
import socket
import struct

COMMAND = b"zINSTREAM\0"
CHUNK = 64 * 1024
FOUND, CLEAN = " FOUND", " OK"
ANSWER_BYTES = 4096


def scan(host, port, content, timeout=30):
    """What a file holds that it should not.

    :param bytes content: the file
    :param float timeout: seconds for each step
    :return: the name that ClamAV gives it, None for a clean file
    :raise OSError: nobody answers
    :raise ValueError: the daemon does not take the file, for instance because of its size
    """
    with socket.create_connection((host, port), timeout=timeout) as connection:
        # the daemon hangs up on a file that is too large, and has said why before
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            _send(connection, content)
        answer = _read(connection)
    said = answer.removeprefix("stream:")
    if said.endswith(FOUND):
        return said.removesuffix(FOUND).strip()
    if said == CLEAN:
        return None
    if not said:
        raise ConnectionError("the virus scanner has hung up")
    raise ValueError(answer[:200])


def _send(connection, content):
    connection.sendall(COMMAND)
    for start in range(0, len(content), CHUNK):
        chunk = content[start : start + CHUNK]
        connection.sendall(struct.pack("!L", len(chunk)) + chunk)
    connection.sendall(struct.pack("!L", 0))


def _read(connection):
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < ANSWER_BYTES:
        part = connection.recv(ANSWER_BYTES)
        if not part:
            break
        answer += part
    return answer.rstrip(b"\0").decode("utf-8", "replace")
