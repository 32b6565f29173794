"""The pages that say what went wrong."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def _wrong(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    context = {"status": status, "title": title, "text": text}
    return render(request, "web/wrong.html", context, status=status)


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return _wrong(request, 400, "That request cannot be read", "Go back and try it once more.")


def forbidden(request: HttpRequest, exception: Any = None) -> HttpResponse:
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


def server_error(request: HttpRequest) -> HttpResponse:
    return _wrong(
        request,
        500,
        "Something broke on our side",
        "What you had saved is safe. Try again; if it stays, tell whoever looks after PT Practice.",
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _wrong(
        request,
        403,
        "This form had grown stale",
        "You were logged in anew since it was opened. Go back, reload the page and send it again.",
    )
