"""What holds for every request: a rule on each view, idle log-off, nothing kept in caches."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponse

Answer = Callable[[HttpRequest], HttpResponse]

SEEN_AT = "seen_at"
REMEMBER_EVERY = 30  # seconds between two writes of the session


def access_rule_of(view: Any) -> Any:
    """The rule a view carries: its roles, "public", or None. An API view's stands on its class."""
    for bearer in (view, getattr(view, "cls", None), getattr(view, "view_class", None)):
        rule = getattr(bearer, "access_rule", None)
        if rule is not None:
            return rule
    return None


class DenyByDefault:
    """Refuses a view that says nothing about who may open it."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        if access_rule_of(view) is not None:
            return
        if settings.DEBUG:
            raise ImproperlyConfigured(f"{view!r} has no access rule: add @allow(...) or @public.")
        raise PermissionDenied


class IdleLogOff:
    """Logs a person off who has done nothing for a while. Background polls do not count as doing;
    drafts are on the server already, so nothing typed is lost."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = time.time()
            seen_at = request.session.get(SEEN_AT, now)
            if now - seen_at > settings.IDLE_LOG_OFF_SECONDS:
                logout(request)
            elif "X-Background" not in request.headers and (
                now - seen_at > REMEMBER_EVERY or SEEN_AT not in request.session
            ):
                request.session[SEEN_AT] = now
        return self.get_response(request)


class NoStore:
    """Pages with patient data are not kept by browsers on shared machines, nor by proxies."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store, private"
        return response
