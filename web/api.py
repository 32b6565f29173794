"""How the API pages its lists and words its errors (RFC 9457 problem details)."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.pagination import PageNumberPagination
from rest_framework.response import Response
from rest_framework.views import set_rollback

PROBLEM_TYPE = "application/problem+json"


class Pages(PageNumberPagination):
    page_size_query_param = "page_size"
    max_page_size = 200


class Conflict(exceptions.APIException):
    """409 with a code and whatever tells the caller what stands in the way."""

    status_code = 409

    def __init__(self, detail: str, *, code: str, **extra: Any) -> None:
        super().__init__(detail, code)
        self.extra = extra


def _fields(detail: Any) -> dict[str, list[str]]:
    if not isinstance(detail, dict):
        return {}
    return {
        str(name): [str(text) for text in (texts if isinstance(texts, list) else [texts])]
        for name, texts in detail.items()
    }


def problem_details(error: Exception, context: dict[str, Any]) -> Response | None:
    """Each error as {"type", "title", "status", "code", "detail"} and, for a form, "errors"."""
    if isinstance(error, Http404):
        error = exceptions.NotFound("There is no such record, or it belongs to another clinic.")
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied("Your role does not allow this.")
    elif isinstance(error, ValidationError):
        detail = error.message_dict if hasattr(error, "error_dict") else {"detail": error.messages}
        error = exceptions.ValidationError(detail)
    if not isinstance(error, exceptions.APIException):
        return None

    set_rollback()
    is_form = isinstance(error, exceptions.ValidationError)
    codes = error.get_codes()
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": str(error.default_detail),
        "status": error.status_code,
        "code": "invalid"
        if is_form
        else str(codes if isinstance(codes, str) else error.default_code),
        "detail": "Some fields need another look." if is_form else str(error.detail),
    }
    if is_form:
        body["errors"] = _fields(error.detail) or {"detail": [str(item) for item in error.detail]}
    body.update(getattr(error, "extra", {}))
    headers = {}
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait))
    if authenticate := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = authenticate
    return Response(body, status=error.status_code, headers=headers, content_type=PROBLEM_TYPE)
