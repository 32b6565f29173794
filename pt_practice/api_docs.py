"""The API's own description: the OpenAPI schema, and a page to read and try it by."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.views import SpectacularAPIView

from people.access import ANY_STAFF, allow


class Schema(SpectacularAPIView):
    access_rule = ANY_STAFF


@allow(*ANY_STAFF)
@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Swagger UI from our own static files: the content policy allows no CDN, and needs none."""
    return render(request, "pt_practice/api_docs.html")
