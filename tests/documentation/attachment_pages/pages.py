"""The addresses of a patient's documents, an upload, and what a page says."""

import re

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from people.models import AuditEvent
from tests.documentation.outside import picture
from tests.factories import UserFactory

PHOTO = picture(color="gray")
JSON = {"headers": {"Accept": "application/json"}}


def signed_in(role, patient) -> Client:
    client = Client()
    client.force_login(UserFactory(roles=[role], clinics=[patient.clinic]))
    return client


def page_of(patient) -> str:
    return reverse("documentation:attachments", args=[patient.pk])


def upload(client, patient, *files, query="", extra=None, **typed):
    """`files` are (name, bytes)."""
    sent = [SimpleUploadedFile(name, content) for name, content in files]
    given = {"kind": "referral", "documents": sent} | typed
    url = reverse("documentation:attachment-upload", args=[patient.pk])
    return client.post(url + query, given, **(extra or {}))


def text_of(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def actions() -> list[str]:
    events = AuditEvent.objects.filter(action__startswith="attachment.").order_by("pk")
    return list(events.values_list("action", flat=True))


def file_of(row) -> str:
    return reverse("documentation:attachment-file", args=[row.pk])
