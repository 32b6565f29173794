"""The pages that say what went wrong, and the two small answers every page's scripts ask for."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template import loader
from django.views.decorators.http import require_GET, require_POST

from web.api import PROBLEM_TYPE

THEMES = {"auto", "light", "dark"}


def _speaks_json(request: HttpRequest) -> bool:
    return request.path.startswith("/api/") or (
        "application/json" in request.headers.get("Accept", "")
    )


def _problem(status: int, title: str, text: str) -> HttpResponse:
    body = {"type": "about:blank", "title": title, "status": status, "detail": text}
    return JsonResponse(body, status=status, content_type=PROBLEM_TYPE)


def _wrong(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    if _speaks_json(request):
        return _problem(status, title, text)
    is_staff = getattr(request, "user", None) is not None and request.user.is_authenticated
    layout = "base.html" if is_staff else "web/bare.html"
    context = {"status": status, "title": title, "text": text, "layout": layout}
    return render(request, "web/wrong.html", context, status=status)


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return _wrong(request, 400, "That request cannot be read", "Go back and try it once more.")


def forbidden(request: HttpRequest, exception: Any = None) -> HttpResponse:
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated and not user.roles and not _speaks_json(request):
        return render(request, "web/no_role.html", status=403)
    return _wrong(
        request,
        403,
        "This page is not for your role",
        "Ask an owner of the practice if you need it for your work.",
    )


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return _wrong(
        request,
        404,
        "There is no such page",
        "The record may have been removed, or it belongs to another clinic.",
    )


def too_many_requests(request: HttpRequest) -> HttpResponse:
    return _wrong(
        request, 429, "Too many tries", "Wait a few minutes, then try again. Nothing is lost."
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """Asks neither session nor database: they may be what broke."""
    title = "Something broke on our side"
    text = (
        "What you had saved is safe. Try again; if it stays, tell whoever looks after PT Practice."
    )
    if _speaks_json(request):
        return _problem(500, title, text)
    context = {"status": 500, "title": title, "text": text, "layout": "web/bare.html"}
    return HttpResponse(loader.render_to_string("web/wrong.html", context), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _wrong(
        request,
        403,
        "This form had grown stale",
        "You were logged in anew since it was opened. Go back, reload the page and send it again.",
    )


@require_GET
def pulse(request: HttpRequest) -> HttpResponse:
    """Who is signed in, and a fresh CSRF token for a page that outlived a log-in."""
    return JsonResponse({"user": request.user.pk, "csrf": get_token(request)})


@require_POST
def remember_theme(request: HttpRequest) -> HttpResponse:
    """Keeps the person's choice of colours for their other devices."""
    theme = request.POST.get("theme", "")
    if theme not in THEMES:
        return bad_request(request)
    person: Any = request.user
    person.theme = theme
    person.save(update_fields=["theme"])
    return HttpResponse(status=204)
