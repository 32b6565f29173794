"""The checks that `manage.py verify` runs: each app hangs its own here in `AppConfig.ready`.

A check answers with a sentence per problem, without patient data, and with none when all is well.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from people import audit

Check = Callable[[], list[str]]


@dataclass(frozen=True)
class Verified:
    """What one check found."""

    name: str
    problems: list[str]


_checks: dict[str, Check] = {}


def register(name: str, check: Check) -> None:
    """Add a check under the name that its report carries; the same name again replaces it."""
    _checks[name] = check


def run() -> list[Verified]:
    """Every check's report, by name. One that crashes is a problem, not the end of the others."""
    return [Verified(name, _problems(check)) for name, check in sorted(_checks.items())]


def _problems(check: Check) -> list[str]:
    try:
        return list(check())
    except Exception as error:
        return [f"the check itself broke: {type(error).__name__}"]


def broken_audit_line() -> list[str]:
    return [
        f"event at position {position}: it was changed, removed or put in later"
        for position in audit.broken_links()
    ]
