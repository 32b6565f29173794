"""The addresses of log-in, log-out and multi-factor set-up, from django-allauth."""

from django.urls import include, path

urlpatterns = [
    path("", include("allauth.urls")),
]
