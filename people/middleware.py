"""Remembers from where a request comes, for the audit line."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from people import audit


class WhoIsAsking:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = audit.from_address.set(request.META.get("REMOTE_ADDR") or None)
        try:
            return self.get_response(request)
        finally:
            audit.from_address.reset(token)
