"""The one place that talks to a trading partner's server: files out, replies in.

`open_door` connects and hands out a door. It raises `NotReached` while not a byte of a file has
left. `put` raises `NoAnswer` once bytes may have arrived: then only a person can say whether they
did. Host keys are compared with the one the partner gave us; the password or key lies in a file
of PARTNER_SECRETS_DIR, never in the database.
"""

from __future__ import annotations

import contextlib
import posixpath
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG
from typing import Protocol

import paramiko
from django.conf import settings

from billing.models import TradingPartner

UNFINISHED = ".part"  # partners pick up whole names; a file gets its own when all of it is there
MOST_FILES = 1000


class NotReached(Exception):
    """Nothing of the file has left. `reason` is a sentence for the biller."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NoAnswer(Exception):
    """Bytes went out and no clear answer came back: the partner may have the file."""


@dataclass(frozen=True)
class RemoteFile:
    """A file in the partner's folder for us; `modified_at` is its own clock, in seconds."""

    name: str
    size: int
    modified_at: int


class Door(Protocol):
    def put(self, name: str, content: bytes) -> None: ...

    def waiting(self) -> list[RemoteFile]: ...

    def get(self, name: str, most: int) -> bytes: ...


class Sftp:
    """A partner's folders over SFTP."""

    def __init__(self, client: paramiko.SFTPClient, partner: TradingPartner) -> None:
        self._client = client
        self._outbox = partner.sftp_outbox or "."
        self._inbox = partner.sftp_inbox

    def put(self, name: str, content: bytes) -> None:
        """Write the file under another name, then rename it. A file of that name and size that is
        there already is this file: an earlier try arrived without our hearing of it."""
        target = posixpath.join(self._outbox, name)
        if self._size_of(target) == len(content):
            return
        handle = self._opened(target + UNFINISHED)
        try:
            with handle:
                handle.set_pipelined(True)
                handle.write(content)
            self._client.rename(target + UNFINISHED, target)
        except (OSError, EOFError, paramiko.SSHException):
            raise NoAnswer from None

    def _opened(self, path: str) -> paramiko.SFTPFile:
        try:
            return self._client.open(path, "wb")
        except PermissionError:
            raise NotReached("The partner's server does not let us write there.") from None
        except FileNotFoundError:
            raise NotReached("The folder for our files is not there.") from None
        except (OSError, EOFError, paramiko.SSHException):
            raise NotReached(
                "The partner's server refused the file before taking any of it."
            ) from None

    def _size_of(self, path: str) -> int | None:
        try:
            return self._client.stat(path).st_size
        except FileNotFoundError:
            return None
        except (OSError, EOFError, paramiko.SSHException):
            raise NotReached("The partner's server broke off.") from None

    def waiting(self) -> list[RemoteFile]:
        """The finished files in the folder of replies, oldest first."""
        try:
            found = self._client.listdir_attr(self._inbox or ".")
        except FileNotFoundError:
            raise NotReached("The folder of replies is not there.") from None
        except (OSError, EOFError, paramiko.SSHException):
            raise NotReached("The folder of replies cannot be read.") from None
        files = [
            RemoteFile(entry.filename, entry.st_size or 0, int(entry.st_mtime or 0))
            for entry in found
            if S_ISREG(entry.st_mode or 0) and not entry.filename.endswith(UNFINISHED)
        ]
        return sorted(files, key=lambda file: (file.modified_at, file.name))[:MOST_FILES]

    def get(self, name: str, most: int) -> bytes:
        """A file's bytes, `most` at the most."""
        try:
            with self._client.open(posixpath.join(self._inbox or ".", name), "rb") as handle:
                handle.prefetch()
                return handle.read(most)
        except (OSError, EOFError, paramiko.SSHException):
            raise NotReached("A reply broke off while it was fetched.") from None


@contextmanager
def open_door(partner: TradingPartner) -> Iterator[Door]:
    """The partner's server, logged in. Raises NotReached."""
    password, key = _secret_of(partner)
    transport = _connected(partner)
    try:
        try:
            transport.auth_publickey(partner.sftp_user, key) if key else transport.auth_password(
                partner.sftp_user, password
            )
            client = paramiko.SFTPClient.from_transport(transport)
        except paramiko.AuthenticationException:
            raise NotReached("The partner's server does not accept our log-in.") from None
        except (OSError, EOFError, paramiko.SSHException):
            raise NotReached("The partner's server broke off while we logged in.") from None
        if client is None:
            raise NotReached("The partner's server offers no SFTP.")
        client.get_channel().settimeout(settings.SFTP_TIMEOUT_SECONDS)
        yield Sftp(client, partner)
    finally:
        with contextlib.suppress(OSError, EOFError, paramiko.SSHException):
            transport.close()


def _connected(partner: TradingPartner) -> paramiko.Transport:
    seconds = settings.SFTP_TIMEOUT_SECONDS
    try:
        line = socket.create_connection((partner.sftp_host, partner.sftp_port), timeout=seconds)
    except OSError:
        raise NotReached(
            f"{partner.sftp_host}, port {partner.sftp_port}, cannot be reached."
        ) from None
    transport = paramiko.Transport(line)
    transport.banner_timeout = transport.auth_timeout = seconds
    try:
        transport.start_client(timeout=seconds)
        shown = transport.get_remote_server_key()
    except (OSError, EOFError, paramiko.SSHException):
        transport.close()
        raise NotReached("What answers there is no SFTP server that we understand.") from None
    kind, _, expected = partner.sftp_host_key.strip().partition(" ")
    if (shown.get_name(), shown.get_base64()) != (kind, expected.split(" ")[0]):
        transport.close()
        raise NotReached("The server's key is not the one that the partner gave us. Call them.")
    return transport


def _secret_of(partner: TradingPartner) -> tuple[str, paramiko.PKey | None]:
    """The password, or the key, from the folder of secrets."""
    folder = settings.PARTNER_SECRETS_DIR
    if not folder:
        raise NotReached("This server has no folder of partners' secrets (PARTNER_SECRETS_DIR).")
    password = Path(folder) / f"{partner.sftp_secret}.password"
    key = Path(folder) / f"{partner.sftp_secret}.key"
    try:
        if key.is_file():
            return "", paramiko.PKey.from_path(key)
        return password.read_text(encoding="utf-8").strip(), None
    except (OSError, ValueError, paramiko.SSHException):
        raise NotReached(
            f"{partner.sftp_secret}.password or {partner.sftp_secret}.key is missing among the "
            "partners' secrets, or cannot be read."
        ) from None
