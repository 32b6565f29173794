"""The addresses: each app's pages, then the API, then what everybody needs."""

from django.urls import include, path

from billing.api import ExplainView
from pt_practice import api, api_docs, views

handler400 = "web.views.bad_request"
handler403 = "web.views.forbidden"
handler404 = "web.views.not_found"
handler429 = "web.views.too_many_requests"  # called by the log-in pages' own limits
handler500 = "web.views.server_error"

urlpatterns = [
    path("", views.home, name="home"),
    path("health/", views.health, name="health"),
    path("account/", include("people.account_urls")),
    path("", include("people.urls")),
    path("", include("scheduling.urls")),
    path("", include("documentation.urls")),
    path("", include("billing.urls")),
    path("api/v1/explain/", ExplainView.as_view(), name="api-explain"),
    path("api/v1/", include((api.urls, "api"))),
    path("api/schema/", api_docs.Schema.as_view(), name="schema"),
    path("api/docs/", api_docs.docs, name="api-docs"),
]
