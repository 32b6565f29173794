"""How a request is answered: a whole page, a piece of one, or 'log in first'."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render, resolve_url
from django.utils.cache import patch_vary_headers


def wants_piece(request: HttpRequest) -> bool:
    """Whether htmx asks for a piece (and not for a page on its way Back)."""
    htmx = getattr(request, "htmx", None)
    if not htmx:
        return False
    return not htmx.boosted and not htmx.history_restore_request


def render_page_or_piece(
    request: HttpRequest, *, page: str, piece: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """One address, two sizes of answer. `Vary: HX-Request`, or Back would show a bare piece."""
    template = piece if wants_piece(request) else page
    response = render(request, template, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def tell(response: HttpResponse, message: str, *, level: str = "success") -> HttpResponse:
    """Have the page show a toast when htmx receives this answer."""
    events = json.loads(response.headers.get("HX-Trigger", "{}"))
    events["toast"] = {"message": message, "level": level}
    response.headers["HX-Trigger"] = json.dumps(events)
    return response


def announce(response: HttpResponse, event: str, **detail: Any) -> HttpResponse:
    """Fire an event in the page when htmx receives this answer, so that other pieces refresh."""
    events = json.loads(response.headers.get("HX-Trigger", "{}"))
    events[event] = detail
    response.headers["HX-Trigger"] = json.dumps(events)
    return response


def go_to(request: HttpRequest, url: str) -> HttpResponse:
    """Send the browser elsewhere after a POST, whether htmx asked or a form did."""
    if wants_piece(request):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return HttpResponse(status=303, headers={"Location": url})


def log_in_first(request: HttpRequest) -> HttpResponse:
    """A page goes to the log-in form and comes back; a script gets 401 and keeps what it holds."""
    login_url = resolve_url(settings.LOGIN_URL)
    if wants_piece(request):
        return HttpResponse(status=401, headers={"HX-Trigger": json.dumps({"logged-out": {}})})
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse(
            {"code": "logged_out", "detail": "You are logged out. Log in and go on."}, status=401
        )
    next_url = request.get_full_path() if request.method == "GET" else resolve_url("home")
    return redirect_to_login(next_url, login_url)
