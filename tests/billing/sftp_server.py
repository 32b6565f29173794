"""A partner's SFTP server on this machine, for tests: it keeps its files in memory, counts what
arrived, and breaks off where it is told to."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import paramiko

FOLDERS = ("/in", "/out")


@dataclass
class Partner:
    """What the server holds, and how it misbehaves."""

    files: dict[str, bytes] = field(default_factory=dict)
    begun: list[str] = field(default_factory=list)  # every file that was opened for writing
    puts: list[str] = field(default_factory=list)  # every name a file was given, in order
    dies_after: int | None = None  # bytes of a file
    dies_before_renaming: bool = False
    dies_after_renaming: bool = False
    refuses_writing: bool = False
    password: str = "correct"
    key: paramiko.PKey = field(default_factory=lambda: paramiko.ECDSAKey.generate(bits=256))
    port: int = 0
    transports: list[paramiko.Transport] = field(default_factory=list)

    @property
    def host_key(self) -> str:
        return f"{self.key.get_name()} {self.key.get_base64()}"

    def die(self) -> None:
        for transport in self.transports:
            transport.sock.close()


class _Server(paramiko.ServerInterface):
    def __init__(self, partner: Partner) -> None:
        self._partner = partner

    def check_auth_password(self, username: str, password: str) -> int:
        fits = password == self._partner.password
        return paramiko.AUTH_SUCCESSFUL if fits else paramiko.AUTH_FAILED

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        return paramiko.AUTH_SUCCESSFUL if username == "keyed" else paramiko.AUTH_FAILED

    def get_allowed_auths(self, username: str) -> str:
        return "password,publickey"

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return paramiko.OPEN_SUCCEEDED


class _Handle(paramiko.SFTPHandle):
    def __init__(self, partner: Partner, path: str, flags: int, *, writing: bool) -> None:
        super().__init__(flags)
        self._partner, self._path, self._writing = partner, path, writing
        if writing:
            partner.begun.append(path)
            partner.files[path] = b""

    def write(self, offset: int, data: bytes) -> int:
        limit = self._partner.dies_after
        if limit is not None and offset + len(data) > limit:
            self._partner.files[self._path] = self._partner.files[self._path][:limit]
            self._partner.die()
            return int(paramiko.SFTP_FAILURE)
        held = self._partner.files[self._path]
        self._partner.files[self._path] = held[:offset].ljust(offset, b"\0") + data
        return int(paramiko.SFTP_OK)

    def read(self, offset: int, length: int) -> bytes:
        return self._partner.files[self._path][offset : offset + length]

    def stat(self) -> paramiko.SFTPAttributes:
        return _attributes(self._path, self._partner.files[self._path])


def _attributes(path: str, content: bytes) -> paramiko.SFTPAttributes:
    found = paramiko.SFTPAttributes()
    found.filename = path.rpartition("/")[2]
    found.st_size, found.st_mode, found.st_mtime = len(content), 0o100600, 1_770_000_000
    return found


class _Files(paramiko.SFTPServerInterface):
    def __init__(self, server: _Server, *args: object, **kwargs: object) -> None:
        super().__init__(server)
        self._partner = server._partner

    def open(self, path: str, flags: int, attr: paramiko.SFTPAttributes) -> _Handle | int:
        path = self.canonicalize(path)
        writing = bool(flags & 0o3)
        if writing and self._partner.refuses_writing:
            return int(paramiko.SFTP_PERMISSION_DENIED)
        if not writing and path not in self._partner.files:
            return int(paramiko.SFTP_NO_SUCH_FILE)
        if path.rpartition("/")[0] not in FOLDERS:
            return int(paramiko.SFTP_NO_SUCH_FILE)
        return _Handle(self._partner, path, flags, writing=writing)

    def rename(self, oldpath: str, newpath: str) -> int:
        old, new = self.canonicalize(oldpath), self.canonicalize(newpath)
        if self._partner.dies_before_renaming:
            self._partner.die()
            return int(paramiko.SFTP_FAILURE)
        self._partner.files[new] = self._partner.files.pop(old)
        self._partner.puts.append(new)
        if self._partner.dies_after_renaming:
            self._partner.die()
        return int(paramiko.SFTP_OK)

    def stat(self, path: str) -> paramiko.SFTPAttributes | int:
        path = self.canonicalize(path)
        if path not in self._partner.files:
            return int(paramiko.SFTP_NO_SUCH_FILE)
        return _attributes(path, self._partner.files[path])

    def list_folder(self, path: str) -> list[paramiko.SFTPAttributes] | int:
        path = self.canonicalize(path)
        if path not in FOLDERS:
            return int(paramiko.SFTP_NO_SUCH_FILE)
        return [
            _attributes(name, content)
            for name, content in self._partner.files.items()
            if name.rpartition("/")[0] == path
        ]


@contextmanager
def running(partner: Partner) -> Iterator[Partner]:
    """The server, listening on a port of its own on the loopback address."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.1)
    partner.port = listener.getsockname()[1]
    ends = threading.Event()

    def serve() -> None:
        while not ends.is_set():
            try:
                line, _ = listener.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            transport = paramiko.Transport(line)
            transport.add_server_key(partner.key)
            transport.set_subsystem_handler("sftp", paramiko.SFTPServer, _Files)
            partner.transports.append(transport)
            with suppress(EOFError, OSError, paramiko.SSHException):
                transport.start_server(server=_Server(partner))

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield partner
    finally:
        ends.set()
        thread.join(timeout=5)
        listener.close()
        for transport in partner.transports:
            transport.close()
