"""Which account the servers run as: PostgreSQL refuses root, so root lends it another one."""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path

from pt_practice.embedded.say import CannotStart


@dataclass(frozen=True)
class Account:
    uid: int
    gid: int
    name: str

    def __str__(self) -> str:
        return self.name or f"account number {self.uid}"


def owner_of(place: Path) -> Account:
    """Nameless when it is a bare number from outside a container."""
    status = place.stat()
    try:
        name = pwd.getpwuid(status.st_uid).pw_name
    except KeyError:
        name = ""
    return Account(status.st_uid, status.st_gid, name)


def server_account(project: Path, data: Path) -> Account | None:
    """None for an ordinary user, who runs the servers as himself.

    For root: whoever owns the data already; else the owner of the project, so that he can start
    it himself later; else nobody.
    """
    if os.geteuid() != 0:
        return None
    if data.exists():
        return owner_of(data)
    owner = owner_of(project)
    if owner.uid != 0 and owner.name:  # initdb refuses root and wants a name
        return owner
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise CannotStart(
            "PostgreSQL refuses to run as root and there is no account `nobody`; "
            "start as an ordinary user, or set DATABASE_URL and REDIS_URL."
        ) from None
    return Account(nobody.pw_uid, nobody.pw_gid, nobody.pw_name)


def may(account: Account | None, path: Path, mode: int) -> bool:
    """Whether that account reaches the path; asked by becoming it for a moment."""
    if account is None:
        return os.access(path, mode)
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(account.gid)
            os.setuid(account.uid)
            answer = 0 if os.access(path, mode) else 1
        except BaseException:  # the copy of us must end here whatever happens
            answer = 1
        os._exit(answer)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
