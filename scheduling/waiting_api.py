"""The wait list and what is left of authorizations over /api/v1/."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError as NotClean
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import exceptions, mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from people import audit
from people.access import SEES_CARDS
from people.idempotency import Idempotent
from people.models import Authorization, User
from scheduling import answers, budget, wait_list
from scheduling.access import BOOKS
from scheduling.answers import REFUSALS
from scheduling.facts import NotBookable
from scheduling.models import WaitListEntry
from scheduling.serializers import AppointmentSerializer
from scheduling.wait_list import NoLongerWaiting
from scheduling.waiting_serializers import BudgetSerializer, WaitBookSerializer, WaitListSerializer
from web.api import Conflict

CONFLICT = OpenApiResponse(
    OpenApiTypes.OBJECT,
    description="Not now: `not_waiting`, or what booking an appointment answers.",
)


class _Staff:
    request: Any

    @property
    def staff(self) -> User:
        """Who asks: the rule has let nobody else through."""
        user: User = self.request.user
        return user


class WaitListViewSet(
    _Staff,
    Idempotent,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.CreateModelMixin,
    mixins.UpdateModelMixin,
    viewsets.GenericViewSet[WaitListEntry],
):
    """Who waits for a better time: put somebody on it, change, withdraw, book."""

    queryset = WaitListEntry.objects.for_list()
    serializer_class = WaitListSerializer
    http_method_names = ["get", "post", "patch", "head", "options"]
    lookup_value_regex = r"\d{1,18}"
    access_rule = BOOKS

    def get_queryset(self) -> Any:
        rows: Any = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):
            return rows
        rows = rows.visible_to(self.staff)
        show = self.request.query_params.get("show")
        if self.action != "list" or show is None:
            return rows
        if show not in ("waiting", "offered", "closed"):
            raise exceptions.ValidationError({"show": ["One of waiting, offered, closed."]})
        return rows.shown(show)

    @extend_schema(
        parameters=[OpenApiParameter("show", str, enum=["waiting", "offered", "closed"])]
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        row = self.get_object()
        audit.record(by=self.staff, action="wait_list.viewed", patient=row.patient, target=row)
        return Response(self.get_serializer(row).data)

    def perform_create(self, serializer: serializers.BaseSerializer[Any]) -> None:
        with _said():
            serializer.instance = wait_list.add(by=self.staff, **serializer.validated_data)

    def perform_update(self, serializer: serializers.BaseSerializer[Any]) -> None:
        with _said():
            serializer.instance = wait_list.change(
                entry=serializer.instance,  # type: ignore[arg-type]
                by=self.staff,
                **serializer.validated_data,
            )

    @extend_schema(request=None, responses={200: WaitListSerializer, 409: CONFLICT})
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        with _said():
            row = wait_list.withdraw(entry=self.get_object(), by=self.staff)
        return Response(self.get_serializer(row).data)

    @extend_schema(
        request=WaitBookSerializer, responses={201: AppointmentSerializer, 409: CONFLICT}
    )
    @action(detail=True, methods=["post"])
    def book(self, request: Request, pk: str) -> Response:
        """Book a time for them; the wait ends with it."""
        row = self.get_object()
        asked = WaitBookSerializer(data=request.data, context=self.get_serializer_context())
        asked.is_valid(raise_exception=True)
        try:
            with _said():
                booked = wait_list.book(entry=row, by=self.staff, **asked.validated_data)
        except NotBookable as refusal:
            raise exceptions.ValidationError(
                {field: [told] for field, told in refusal.problems.items()}
            ) from refusal
        except REFUSALS as refusal:
            told = answers.in_json(refusal, to=self.staff)
            raise Conflict(told.pop("detail"), code=told.pop("code"), **told) from refusal
        return Response(AppointmentSerializer(booked).data, status=201)


@contextmanager
def _said() -> Iterator[None]:
    """What the verbs refuse, as problems a program can answer to."""
    try:
        yield
    except NoLongerWaiting as refusal:
        told = f"This wait is {refusal.entry.get_status_display().lower()}."
        raise Conflict(told, code="not_waiting", status_now=refusal.entry.status) from refusal
    except NotClean as refusal:
        raise exceptions.ValidationError(serializers.as_serializer_error(refusal)) from refusal


class AuthorizationBudgetViewSet(
    _Staff, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Authorization]
):
    """What is left of an authorization, by its id: used, booked, left, and when it runs out."""

    queryset = Authorization.objects.select_related("coverage__patient__clinic")
    serializer_class = BudgetSerializer
    lookup_value_regex = r"\d{1,18}"
    access_rule = SEES_CARDS

    def get_queryset(self) -> Any:
        rows: Any = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):
            return rows
        return rows.visible_to(self.staff)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        row = self.get_object()
        audit.record(
            by=self.staff,
            action="authorization.viewed",
            patient=row.coverage.patient,
            target=row,
        )
        return Response(BudgetSerializer(budget.budget_of(row)).data)
