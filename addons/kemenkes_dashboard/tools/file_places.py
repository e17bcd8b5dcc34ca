"""Putting a file where somebody fetches it: SFTP and storage that speaks S3. Plain Python, no Odoo.

The name of a file says which one it is: put twice, it stands there once. No connection goes into a network that is not
public, unless an administrator has listed it.
"""

import io
import posixpath
import socket
import ssl
from contextlib import contextmanager
from dataclasses import dataclass, field
from hmac import compare_digest

import certifi
import minio
import paramiko
import urllib3

from odoo.addons.kemenkes_channels.tools import guarded_session

CONNECT_SECONDS = 10
TALK_SECONDS = 60
# S3 takes a file in parts: so much of it is in memory at a time.
PART_BYTES = 16 * 1024 * 1024
# Why a connection did not come about: the first kind that is found among an error and what it was made of.
CAUSES = (
    (guarded_session.PrivateAddressError, "private"),
    (ConnectionRefusedError, "closed"),
    ((TimeoutError, urllib3.exceptions.ReadTimeoutError), "silent"),
    (socket.gaierror, "name"),
    ((ssl.SSLError, urllib3.exceptions.SSLError), "certificate"),
)


class PlaceError(Exception):
    """The file could not be put there.

    ``reason`` is one of CAUSES, or address, protocol, host_key, key, login or refused; ``detail`` what the other side
    said, without secrets.
    """

    def __init__(self, reason, detail=""):
        super().__init__(f"{reason}: {detail}")
        self.reason, self.detail = reason, detail


@dataclass(frozen=True)
class Sftp:
    """A folder on a server that speaks SFTP; ``host_key`` is its key's fingerprint, as ``SHA256:…``."""

    host: str
    port: int
    user: str
    folder: str
    host_key: str
    password: str = field(default="", repr=False)
    private_key: str = field(default="", repr=False)
    allowed: tuple = ()

    def put(self, path, name):
        """Put the file ``path`` there under ``name``.

        :raise PlaceError: it is not there
        """
        with self._open() as sftp:
            target = posixpath.join(self.folder or ".", name)
            if _size(sftp, target) == path.stat().st_size:
                # an earlier attempt arrived, only its end was not heard of
                return
            sftp.put(str(path), f"{target}.part", confirm=True)
            # whoever watches the folder sees whole files only
            sftp.posix_rename(f"{target}.part", target)

    def check(self):
        """Log in and look at the folder.

        :raise PlaceError: it can't be used
        """
        with self._open() as sftp:
            sftp.listdir(self.folder or ".")

    def fetch_host_key(self):
        """The fingerprint that the server shows now, for somebody to compare; nobody logs in.

        :raise PlaceError: there is no server
        """
        with self._greet() as transport:
            return transport.get_remote_server_key().fingerprint

    @contextmanager
    def _open(self):
        with self._greet() as transport:
            shown = transport.get_remote_server_key().fingerprint
            # before anything secret leaves
            if not self.host_key or not compare_digest(shown.encode(), self.host_key.strip().encode()):
                raise PlaceError("host_key", shown)
            try:
                if self.private_key:
                    transport.auth_publickey(self.user, _read_key(self.private_key))
                else:
                    transport.auth_password(self.user, self.password, fallback=False)
                sftp = paramiko.SFTPClient.from_transport(transport)
                sftp.get_channel().settimeout(TALK_SECONDS)
                yield sftp
            except paramiko.AuthenticationException as error:
                raise PlaceError("login") from error
            except (paramiko.SSHException, OSError, EOFError) as error:
                raise PlaceError("refused", str(error)) from error

    @contextmanager
    def _greet(self):
        transport = paramiko.Transport(_connect(self.host, self.port, self.allowed))
        try:
            transport.banner_timeout = transport.auth_timeout = CONNECT_SECONDS
            transport.start_client(timeout=CONNECT_SECONDS)
        except (paramiko.SSHException, OSError, EOFError) as error:
            transport.close()
            raise PlaceError("protocol", str(error)) from error
        try:
            yield transport
        finally:
            transport.close()


@dataclass(frozen=True)
class S3:
    """A folder in a bucket; ``endpoint`` is the service's host, with its port where it is another than HTTPS's."""

    endpoint: str
    region: str
    bucket: str
    folder: str
    access_key: str
    secret_key: str = field(default="", repr=False)
    is_encrypted: bool = True
    allowed: tuple = ()

    def put(self, path, name):
        """As :meth:`Sftp.put`."""
        # "." is the bucket itself, and no part of a name there
        key = posixpath.normpath(posixpath.join("/", self.folder, name)).lstrip("/")
        with self._talk() as client:
            client.fput_object(self.bucket, key, str(path), part_size=PART_BYTES, num_parallel_uploads=1)

    def check(self):
        """As :meth:`Sftp.check`."""
        with self._talk() as client:
            if not client.bucket_exists(self.bucket):
                raise PlaceError("refused", self.bucket)

    @contextmanager
    def _talk(self):
        pool = guarded_session.open_pool(
            self.allowed,
            timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=TALK_SECONDS),
            retries=urllib3.Retry(total=2, connect=0, backoff_factor=0.2),
            cert_reqs="CERT_REQUIRED",
            ca_certs=certifi.where(),
        )
        try:
            yield minio.Minio(
                self.endpoint,
                access_key=self.access_key,
                secret_key=self.secret_key,
                region=self.region or None,
                secure=self.is_encrypted,
                http_client=pool,
            )
        except minio.error.S3Error as error:
            is_login = error.code in ("InvalidAccessKeyId", "SignatureDoesNotMatch", "AccessDenied")
            raise PlaceError("login" if is_login else "refused", f"{error.code}: {error.message}") from error
        except (minio.error.MinioException, ValueError) as error:
            raise PlaceError("refused", str(error)) from error
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise _unreached(error) from error
        finally:
            pool.clear()


def _connect(host, port, allowed):
    try:
        found = guarded_session.resolve(host, port, allowed)
    except OSError as error:
        raise _unreached(error) from error
    if not found:
        raise PlaceError("private", host)
    try:
        return guarded_session.connect(found, CONNECT_SECONDS)
    except OSError as error:
        raise _unreached(error) from error


def _unreached(error):
    """The error of a connection that did not come about."""
    causes = list(_causes(error))
    for kind, reason in CAUSES:
        if any(isinstance(cause, kind) for cause in causes):
            return PlaceError(reason)
    return PlaceError("address", str(causes[-1]))


def _causes(error):
    """An error, and one after the other what it was made of."""
    while error is not None:
        yield error
        # urllib3 keeps the cause of what it has tried in vain there
        reason = getattr(error, "reason", None)
        error = reason if isinstance(reason, BaseException) else error.__cause__


def _read_key(text):
    for kind in (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey):
        try:
            return kind.from_private_key(io.StringIO(text))
        except (paramiko.SSHException, ValueError):
            continue
    raise PlaceError("key")


def _size(sftp, path):
    try:
        return sftp.stat(path).st_size
    except FileNotFoundError:
        return None
