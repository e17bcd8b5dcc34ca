"""Servers that speak SFTP and S3 as the real ones do, on this machine, for tests."""

import errno
import hashlib
import hmac
import logging
import os
import socket
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, quote, urlsplit

import paramiko

# What the server says of clients that go: it speaks by the client's own logger otherwise, as an error of the tests.
LOG = "fake_sftp"
logging.getLogger(LOG).addHandler(logging.NullHandler())
logging.getLogger(LOG).propagate = False


class FakeSftp:
    """An SFTP server for one account over a folder; a connection for each thread.

    ``refusals``: how many of the next files it does not take; ``greetings``: how many connections there were;
    ``logins``: passwords and keys that somebody showed.
    """

    def __init__(self, folder, user="pusdatin", password="rahasia", public_key=None):
        self.folder, self.user, self.password, self.public_key = folder, user, password, public_key
        self.key = paramiko.RSAKey.generate(2048)
        self.refusals, self.greetings, self.logins, self.renamed = 0, 0, [], []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._transports = []
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self):
        self._listener.close()
        for transport in self._transports:
            transport.close()

    def _serve(self):
        while True:
            try:
                connection, _address = self._listener.accept()
            except OSError:
                return
            self.greetings += 1
            transport = paramiko.Transport(connection)
            transport.set_log_channel(LOG)
            self._transports.append(transport)
            transport.add_server_key(self.key)
            transport.set_subsystem_handler("sftp", paramiko.SFTPServer, _Folder, fake=self)
            # a client that does not trust the key goes as it likes; the next one is served
            with suppress(paramiko.SSHException, EOFError, OSError):
                transport.start_server(server=_Account(self))


class _Account(paramiko.ServerInterface):
    def __init__(self, fake):
        self.fake = fake

    def get_allowed_auths(self, username):
        return "password,publickey"

    def check_auth_password(self, username, password):
        self.fake.logins.append(password)
        is_right = (username, password) == (self.fake.user, self.fake.password)
        return paramiko.AUTH_SUCCESSFUL if is_right else paramiko.AUTH_FAILED

    def check_auth_publickey(self, username, key):
        self.fake.logins.append(key.fingerprint)
        is_right = self.fake.public_key and key.fingerprint == self.fake.public_key.fingerprint
        return paramiko.AUTH_SUCCESSFUL if is_right else paramiko.AUTH_FAILED

    def check_channel_request(self, kind, chanid):
        return paramiko.OPEN_SUCCEEDED


class _Folder(paramiko.SFTPServerInterface):
    def __init__(self, server, *args, fake, **kwargs):
        self.fake = fake
        super().__init__(server, *args, **kwargs)

    def _path(self, path):
        return os.path.join(self.fake.folder, self.canonicalize(path).lstrip("/"))

    def list_folder(self, path):
        try:
            return [
                paramiko.SFTPAttributes.from_stat(entry.stat(), entry.name) for entry in os.scandir(self._path(path))
            ]
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno)

    def stat(self, path):
        try:
            return paramiko.SFTPAttributes.from_stat(os.stat(self._path(path)))
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno)

    def open(self, path, flags, attr):
        if self.fake.refusals:
            self.fake.refusals -= 1
            return paramiko.SFTPServer.convert_errno(errno.EACCES)
        try:
            number = os.open(self._path(path), flags | getattr(os, "O_BINARY", 0), 0o600)
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno)
        handle = paramiko.SFTPHandle(flags)
        handle.filename = path
        handle.readfile = handle.writefile = os.fdopen(number, "wb" if flags & os.O_WRONLY else "rb")
        handle.stat = lambda: self.stat(path)
        return handle

    def posix_rename(self, oldpath, newpath):
        os.replace(self._path(oldpath), self._path(newpath))
        self.fake.renamed.append(os.path.basename(newpath))
        return paramiko.SFTP_OK


class FakeS3:
    """Storage with one bucket that checks each request's signature (AWS Signature Version 4) and its content's digest.

    ``objects``: what lies in it; ``writes``: names as they came; ``refusals``: how many of the next files fail.
    """

    def __init__(self, bucket="mentah", access_key="AKIAPUSDATIN", secret_key="rahasia-s3", region="ap-southeast-3"):
        self.bucket, self.access_key, self.secret_key, self.region = bucket, access_key, secret_key, region
        self.objects, self.parts, self.writes, self.refusals = {}, {}, [], 0
        fake = self

        class Handler(_S3Handler):
            storage = fake

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    def sign(self, request, body):
        """The signature that a request must have, or None where its content is not what it says."""
        given = dict(
            part.strip().split("=", 1) for part in request.headers["Authorization"].partition(" ")[2].split(",")
        )
        key_id, day, region, service, _end = given["Credential"].split("/")
        digest = request.headers["x-amz-content-sha256"]
        if key_id != self.access_key or region != self.region or digest != hashlib.sha256(body).hexdigest():
            return given["Signature"], None
        parts = urlsplit(request.path)
        query = sorted(parse_qsl(parts.query, keep_blank_values=True))
        signed = given["SignedHeaders"].split(";")
        canonical = "\n".join(
            [
                request.command,
                parts.path,
                "&".join(f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in query),
                *(f"{name}:{' '.join(request.headers[name].split())}" for name in signed),
                "",
                given["SignedHeaders"],
                digest,
            ]
        )
        scope = f"{day}/{region}/{service}/aws4_request"
        text = "\n".join(
            ["AWS4-HMAC-SHA256", request.headers["x-amz-date"], scope, hashlib.sha256(canonical.encode()).hexdigest()]
        )
        key = f"AWS4{self.secret_key}".encode()
        for word in (day, region, service, "aws4_request"):
            key = hmac.digest(key, word.encode(), "sha256")
        return given["Signature"], hmac.new(key, text.encode(), "sha256").hexdigest()


class _S3Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    storage = None

    def log_message(self, *_args):
        pass

    def do_HEAD(self):
        if self._is_signed(b""):
            self._answer(200 if self._name()[0] == self.storage.bucket else 404)

    def do_PUT(self):
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        if not self._is_signed(body):
            return
        if self.storage.refusals:
            self.storage.refusals -= 1
            self._fail(403, "QuotaExceeded")
            return
        _bucket, name, query = self._name()
        if "uploadId" in query:
            self.storage.parts[query["uploadId"], int(query["partNumber"])] = body
        else:
            self._keep(name, body)
        self._answer(200, etag=hashlib.md5(body, usedforsecurity=False).hexdigest())

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        if not self._is_signed(body):
            return
        bucket, name, query = self._name()
        if "uploads" in query:
            xml = f"<Bucket>{bucket}</Bucket><Key>{name}</Key><UploadId>{name}-1</UploadId>"
            self._answer(200, f"<InitiateMultipartUploadResult>{xml}</InitiateMultipartUploadResult>")
            return
        numbers = sorted(number for upload, number in self.storage.parts if upload == query["uploadId"])
        self._keep(name, b"".join(self.storage.parts.pop((query["uploadId"], number)) for number in numbers))
        xml = f"<Bucket>{bucket}</Bucket><Key>{name}</Key><ETag>x</ETag>"
        self._answer(200, f"<CompleteMultipartUploadResult>{xml}</CompleteMultipartUploadResult>")

    def _keep(self, name, body):
        self.storage.objects[name] = body
        self.storage.writes.append(name)

    def _name(self):
        parts = urlsplit(self.path)
        bucket, _slash, name = parts.path.lstrip("/").partition("/")
        return bucket, name, dict(parse_qsl(parts.query, keep_blank_values=True))

    def _is_signed(self, body):
        given, right = self.storage.sign(self, body)
        if right and hmac.compare_digest(given, right):
            return True
        self._fail(403, "SignatureDoesNotMatch")
        return False

    def _fail(self, status, code):
        self._answer(status, f"<Error><Code>{code}</Code><Message>no</Message></Error>")

    def _answer(self, status, xml="", etag=""):
        content = xml.encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(content)))
        if etag:
            self.send_header("ETag", f'"{etag}"')
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)
