"""The API's own description: the OpenAPI schema, and pages to read it by, without a CDN."""

from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from people.access import ANY_STAFF


class Schema(SpectacularAPIView):
    access_rule = ANY_STAFF


class Docs(SpectacularSwaggerSplitView):
    access_rule = ANY_STAFF
