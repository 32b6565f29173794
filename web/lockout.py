"""Whose failed log-ins are counted together: one e-mail address, however it is spelled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest


def named_in(request: HttpRequest, credentials: Mapping[str, Any] | None = None) -> str:
    """The address in a log-in attempt (settings: AXES_USERNAME_CALLABLE). Log-in ignores case, so
    the count must too, or each spelling would have tries of its own."""
    given = credentials or {}
    name = given.get("email") or given.get("username") or request.POST.get("login") or ""
    return str(name).strip().lower()
