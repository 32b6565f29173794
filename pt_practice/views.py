"""The roof's own two pages: where a person starts, and whether the house stands."""

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from people.access import allow, public
from web import navigation


@allow()
def home(request: HttpRequest) -> HttpResponse:
    """Sends a person to what they open in the morning."""
    url = navigation.home_url_for(request.user)
    if url is None:
        return render(request, "web/no_role.html", status=403)
    return redirect(url)


@public
def health(request: HttpRequest) -> HttpResponse:
    """For the supervisor and load balancers: answers when Postgres does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})
