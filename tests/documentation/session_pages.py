"""What the tests of the session page send, and how a note gets signed behind its back."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from documentation.models import Note, Visit

KEY = "0d9b6a3e-5c1f-4a77-9f39-2b8d1d3a0001"


def entry(code: str = "97110", minutes: Any = 20, key: str = KEY, **more: Any) -> dict[str, Any]:
    return {"key": key, "code": code, "minutes": minutes} | more


def save(client: Client, visit: Visit, content: dict[str, Any], base: int = 0, **more: Any) -> Any:
    return client.post(
        reverse("documentation:session-draft", args=[visit.pk]),
        json.dumps({"base_version": base, "content": content} | more),
        content_type="application/json",
        headers={"accept": "application/json"},
    )


def sign(visit: Visit) -> None:
    Note.objects.filter(visit=visit).update(
        signed_at=timezone.now(), signed_by=visit.therapist.user, content_sha256="0" * 64
    )
