"""The addresses of letters to providers."""

from django.urls import path

from documentation.views import provider_letter

urlpatterns = [
    path("letter/<str:token>/", provider_letter.provider_letter, name="provider-letter"),
]
