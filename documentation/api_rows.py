"""What documentation's lists in the API share: what the caller may see, of all patients or one."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import exceptions, mixins, viewsets
from rest_framework.request import Request

from people.access import READS_CHARTS
from people.idempotency import Idempotent
from people.models import User


class Rows(
    Idempotent, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Any]
):
    """Lists of what the caller may see, narrowed by the address."""

    http_method_names = ["get", "post", "patch", "delete", "head", "options"]
    lookup_value_regex = r"\d{1,18}"
    access_rule: tuple[str, ...] = READS_CHARTS
    path_to_patient: str

    def get_queryset(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):
            return rows
        rows = rows.visible_to(self.request.user)  # type: ignore[attr-defined]
        if self.action != "list":
            return rows
        return of_patient(rows, self.request, self.path_to_patient)


def of_patient(rows: QuerySet[Any], request: Request, path: str) -> QuerySet[Any]:
    """The rows of the patient the address names; all of them where it names none."""
    patient = request.query_params.get("patient")
    if patient is None:
        return rows
    if not (patient.isascii() and patient.isdigit() and len(patient) < 19):
        raise exceptions.ValidationError({"patient": ["Write a number."]})
    return rows.filter(**{path: int(patient)})


OF_A_PATIENT = extend_schema_view(
    list=extend_schema(parameters=[OpenApiParameter("patient", int, description="A patient's id.")])
)


def user_of(request: Request) -> User:
    assert isinstance(request.user, User)
    return request.user
