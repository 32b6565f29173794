"""A write that carries an Idempotency-Key happens once; the same key gets the same answer again.

The answer is stored in the transaction of the act itself: there is no moment at which one of the
two exists without the other. Two requests with one key at once: the second waits at the key's row
until the first has ended, then replays its answer (or acts, when the first had failed).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from typing import Any, cast

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from people.models import IdempotentAnswer, User

HEADER = "Idempotency-Key"
LONGEST_KEY = 100
KEPT_FOR = dt.timedelta(hours=24)
WRITES = ("POST", "PUT", "PATCH", "DELETE")

Handler = Callable[..., Response]


class KeyReused(exceptions.APIException):
    """The key stands for another request: replaying would answer a question nobody asked."""

    status_code = 422
    default_detail = "This Idempotency-Key was used for a different request."
    default_code = "idempotency_key_reused"


class Idempotent:
    """Mix into a ViewSet, before its other bases. Only answers of success are kept: what was
    refused changed nothing, and may be tried again with the same key."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)  # type: ignore[misc]
        key = request.headers.get(HEADER)
        if key is None or request.method not in WRITES:
            return
        if not key or len(key) > LONGEST_KEY or not key.isprintable():
            raise exceptions.ValidationError(
                {HEADER: [f"Write 1 to {LONGEST_KEY} printable characters."]}
            )
        # The handler is looked up on the instance right after this, once log-in, rule and
        # throttle have been passed.
        name = request.method.lower()
        setattr(self, name, _once(getattr(self, name), key))


def _once(handler: Handler, key: str) -> Handler:
    def act(request: Request, *args: Any, **kwargs: Any) -> Response:
        fingerprint = _fingerprint(request)
        with transaction.atomic():
            kept = _claim(request, key, fingerprint)
            if kept.status is not None:
                if kept.request_sha256 != fingerprint:
                    raise KeyReused
                return Response(
                    kept.body, status=kept.status, headers={"Idempotent-Replayed": "true"}
                )
            response = handler(request, *args, **kwargs)
            if response.status_code >= 400:
                kept.delete()
                return response
            kept.status = response.status_code
            kept.body = json.loads(JSONRenderer().render(response.data) or b"null")
            kept.save(update_fields=["status", "body"])
            return response

    return act


def _claim(request: Request, key: str, fingerprint: str) -> IdempotentAnswer:
    """The key's row, locked: the answer already given, or a new one without an answer."""
    user = cast("User", request.user)
    mine = IdempotentAnswer.objects.filter(user=user, key=key)
    mine.filter(created_at__lt=timezone.now() - KEPT_FOR).delete()
    # ON CONFLICT DO NOTHING waits for whoever is inserting the same key.
    IdempotentAnswer.objects.bulk_create(
        [IdempotentAnswer(user=user, key=key, request_sha256=fingerprint)],
        ignore_conflicts=True,
    )
    return mine.select_for_update().get()


def _fingerprint(request: Request) -> str:
    """SHA-256 over method, path and what was said; blanks and the order of keys do not count, a
    file's bytes do."""
    said = json.dumps(request.data, sort_keys=True, separators=(",", ":"), default=_said)
    return hashlib.sha256(
        "\n".join([request.method or "", request.get_full_path(), said]).encode()
    ).hexdigest()


def _said(value: Any) -> str:
    if not isinstance(value, UploadedFile):
        return str(value)
    found = hashlib.sha256()
    for chunk in value.chunks():
        found.update(chunk)
    value.seek(0)
    return found.hexdigest()
