"""Patients, coverages and authorisations over /api/v1/: the same verbs the pages call."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, cast

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import exceptions, mixins, viewsets
from rest_framework.request import Request

from people import audit, intake, search
from people.access import ANY_STAFF, DESK, TAKES_CARDS
from people.idempotency import Idempotent
from people.messages_api import MessageViewSet
from people.models import Authorization, Coverage, Patient, User
from people.serializers import AuthorizationSerializer, CoverageSerializer, PatientSerializer


class StaffApiRequest(Request):
    """A request that the view's rule has let in: somebody is signed in."""

    user: User


class _Rows(
    Idempotent,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.CreateModelMixin,
    mixins.UpdateModelMixin,
    viewsets.GenericViewSet[Any],
    ABC,
):
    """List, read, add and change in part; who reads one record is written down."""

    http_method_names = ["get", "post", "patch", "head", "options"]
    lookup_value_regex = r"\d{1,18}"
    viewed: str
    request: StaffApiRequest

    def get_queryset(self) -> QuerySet[Any]:
        rows: Any = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):
            return cast("QuerySet[Any]", rows)
        visible: QuerySet[Any] = rows.visible_to(self.request.user)
        return self.narrowed(visible)

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows the address asks for."""
        return rows

    def get_object(self) -> Any:
        row = super().get_object()
        audit.record(
            by=self.request.user, action=self.viewed, patient=self.patient_of(row), target=row
        )
        return row

    @abstractmethod
    def patient_of(self, row: Any) -> Patient:
        """Whose record it is."""

    def asked_id(self, name: str) -> int | None:
        """A number from the address; what is none is refused, not ignored."""
        text = self.request.query_params.get(name)
        if text is None:
            return None
        if not (text.isascii() and text.isdigit() and len(text) < 19):
            raise exceptions.ValidationError({name: ["Write a number."]})
        return int(text)


@extend_schema_view(
    list=extend_schema(
        parameters=[
            OpenApiParameter(
                "q",
                str,
                description="Name parts in any order, birth date, telephone digits or MRN.",
            )
        ]
    )
)
class PatientViewSet(_Rows):
    queryset = Patient.objects.select_related("clinic")
    serializer_class = PatientSerializer
    access_rule = ANY_STAFF
    access_rules = {"create": DESK, "partial_update": DESK}
    viewed = "patient.viewed"

    def narrowed(self, rows: Any) -> QuerySet[Any]:
        typed = self.request.query_params.get("q")
        return rows if typed is None or self.action != "list" else search.find(rows, typed)

    def patient_of(self, row: Patient) -> Patient:
        return row

    def perform_create(self, serializer: Any) -> None:
        serializer.instance = intake.register_patient(
            by=self.request.user, **serializer.validated_data
        )

    def perform_update(self, serializer: Any) -> None:
        serializer.instance = intake.change_patient(
            patient=serializer.instance, by=self.request.user, **serializer.validated_data
        )


ABOUT_ONE_PATIENT = extend_schema_view(
    list=extend_schema(parameters=[OpenApiParameter("patient", int, description="A patient's id.")])
)


@ABOUT_ONE_PATIENT
class CoverageViewSet(_Rows):
    queryset = Coverage.objects.select_related("patient", "payer")
    serializer_class = CoverageSerializer
    access_rule = ANY_STAFF
    access_rules = {"create": TAKES_CARDS, "partial_update": TAKES_CARDS}
    viewed = "coverage.viewed"

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        patient_id = self.asked_id("patient")
        return rows if patient_id is None else rows.filter(patient=patient_id)

    def patient_of(self, row: Coverage) -> Patient:
        return row.patient

    def perform_create(self, serializer: Any) -> None:
        serializer.instance = intake.add_coverage(by=self.request.user, **serializer.validated_data)

    def perform_update(self, serializer: Any) -> None:
        serializer.instance = intake.change_coverage(
            coverage=serializer.instance, by=self.request.user, **serializer.validated_data
        )


@ABOUT_ONE_PATIENT
class AuthorizationViewSet(_Rows):
    queryset = Authorization.objects.select_related("coverage__patient")
    serializer_class = AuthorizationSerializer
    access_rule = ANY_STAFF
    access_rules = {"create": TAKES_CARDS, "partial_update": TAKES_CARDS}
    viewed = "authorization.viewed"

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        patient_id = self.asked_id("patient")
        return rows if patient_id is None else rows.filter(coverage__patient=patient_id)

    def patient_of(self, row: Authorization) -> Patient:
        return row.coverage.patient

    def perform_create(self, serializer: Any) -> None:
        serializer.instance = intake.add_authorization(
            by=self.request.user, **serializer.validated_data
        )

    def perform_update(self, serializer: Any) -> None:
        serializer.instance = intake.change_authorization(
            authorization=serializer.instance, by=self.request.user, **serializer.validated_data
        )


routes: list[tuple[str, type[viewsets.ViewSetMixin], str]] = [
    ("patients", PatientViewSet, "patient"),
    ("coverages", CoverageViewSet, "coverage"),
    ("authorizations", AuthorizationViewSet, "authorization"),
    ("messages", MessageViewSet, "message"),
]
