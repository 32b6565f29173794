"""Remembers from where a request comes, for the audit line; goes on to the kept record."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from people import audit
from people.access import Merged
from web.responses import go_to


class WhoIsAsking:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = audit.from_address.set(request.META.get("REMOTE_ADDR") or None)
        try:
            return self.get_response(request)
        finally:
            audit.from_address.reset(token)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A page of a record that was merged is the same page of the one that was kept. What was
        sent to the old one is not done: it was written in sight of the old record."""
        if not isinstance(exception, Merged):
            return None
        kept, match = exception.kept, request.resolver_match
        if request.method == "GET" and match is not None:
            mine = {
                name: kept.pk if value == exception.old.pk else value
                for name, value in match.kwargs.items()
            }
            return go_to(request, reverse(match.view_name, kwargs=mine))
        messages.warning(request, "The record was merged into this one: nothing was saved.")
        return go_to(request, kept.get_absolute_url())
