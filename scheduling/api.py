"""Appointments over /api/v1/: the same verbs the pages call, the same refusals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import exceptions, mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from people import audit
from people.idempotency import Idempotent
from people.models import Clinic, User
from scheduling import answers, booking, finding_api, slots
from scheduling.access import BOOKS, SEES_THE_DAY
from scheduling.answers import REFUSALS
from scheduling.facts import NotBookable
from scheduling.finding_api import FoundSerializer, FreeSerializer
from scheduling.models import Appointment
from scheduling.serializers import (
    AppointmentSerializer,
    BookSerializer,
    CancelSerializer,
    MoveSerializer,
    RestoreSerializer,
    WhichSerializer,
)
from scheduling.time_requests_api import TimeRequestViewSet
from scheduling.waiting_api import AuthorizationBudgetViewSet, WaitListViewSet
from web.api import Conflict

CONFLICT = OpenApiResponse(
    OpenApiTypes.OBJECT,
    description=(
        "Not now: `slot_taken` (with `conflicts`: what is taken, by which appointment), "
        "`group_full` (with `group`, `taken` and `capacity`), "
        "`outside_hours` (with `reasons`; send `anyway` to book all the same), `over_budget` (with "
        "`problem`; send `over_budget_reason` to book all the same), `stale` (with "
        "`current`) or `wrong_status`."
    ),
)


class AppointmentViewSet(
    Idempotent,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    viewsets.GenericViewSet[Appointment],
):
    """Book, move, cancel and check in; a taken slot is answered with 409 on every one of them."""

    queryset = Appointment.objects.for_day_sheet().with_equipment()
    serializer_class = AppointmentSerializer
    lookup_value_regex = r"\d{1,18}"
    access_rule = SEES_THE_DAY
    access_rules = {
        "create": BOOKS,
        "free": BOOKS,
        "move": BOOKS,
        "cancel": BOOKS,
        "check_in": BOOKS,
        "restore": BOOKS,
    }

    @property
    def staff(self) -> User:
        """Who asks: the rule has let nobody else through."""
        return self.request.user  # type: ignore[return-value]

    def get_queryset(self) -> Any:
        rows: Any = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):
            return rows
        rows = rows.visible_to(self.staff)
        return self._narrowed(rows) if self.action == "list" else rows

    def _narrowed(self, rows: Any) -> Any:
        """The appointments the address asks for."""
        asked = WhichSerializer(data=self.request.query_params)
        asked.is_valid(raise_exception=True)
        values = asked.validated_data
        for name in ("clinic", "therapist", "patient", "status"):
            if name in values:
                rows = rows.filter(**{name: values[name]})
        first = values.get("date") or values.get("from")
        last = values.get("date") or values.get("to")
        if first or last:
            rows = rows.filter(_days(self.staff.visible_clinics(), first, last))
        return rows

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        row = self.get_object()
        audit.record(by=self.staff, action="appointment.viewed", patient=row.patient, target=row)
        return Response(self.get_serializer(row).data)

    @extend_schema(
        parameters=[
            OpenApiParameter("date", OpenApiTypes.DATE, description="One day of the clinic."),
            OpenApiParameter("from", OpenApiTypes.DATE, description="The first day."),
            OpenApiParameter("to", OpenApiTypes.DATE, description="The last day, included."),
            OpenApiParameter("clinic", int),
            OpenApiParameter("therapist", int),
            OpenApiParameter("patient", int),
            OpenApiParameter("status", str, enum=Appointment.Status.values),
        ]
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    @extend_schema(request=BookSerializer, responses={201: AppointmentSerializer, 409: CONFLICT})
    def create(self, request: Request) -> Response:
        asked = self._understood(BookSerializer)
        booked = self._do(lambda: booking.book(by=self.staff, **asked.asked()))
        return Response(AppointmentSerializer(booked).data, status=201)

    @extend_schema(request=MoveSerializer, responses={200: AppointmentSerializer, 409: CONFLICT})
    @action(detail=True, methods=["post"])
    def move(self, request: Request, pk: str) -> Response:
        """What is not named stays; `"room": null` gives the room up."""
        row = self.get_object()
        asked = self._understood(MoveSerializer).validated_data
        moved = self._do(lambda: booking.move(appointment=row, by=self.staff, **asked))
        return Response(AppointmentSerializer(moved).data)

    @extend_schema(request=CancelSerializer, responses={200: AppointmentSerializer, 409: CONFLICT})
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        row = self.get_object()
        reason = self._understood(CancelSerializer).validated_data["reason"]
        cancelled = self._do(lambda: booking.cancel(row, reason=reason, by=self.staff))
        return Response(AppointmentSerializer(cancelled).data)

    @extend_schema(parameters=[FreeSerializer], responses={200: FoundSerializer})
    @action(detail=False, methods=["get"], pagination_class=None, filter_backends=[])
    def free(self, request: Request) -> Response:
        """The next free times, as "Find a time" finds them: days with free times, or hints."""
        asked = FreeSerializer(data=request.query_params, context=self.get_serializer_context())
        asked.is_valid(raise_exception=True)
        return Response(finding_api.in_json(asked.find()))

    @extend_schema(request=RestoreSerializer, responses={200: AppointmentSerializer, 409: CONFLICT})
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, pk: str) -> Response:
        """Put a cancelled or missed appointment back, if its time is still free."""
        row = self.get_object()
        asked = self._understood(RestoreSerializer).validated_data
        back = self._do(lambda: booking.restore(row, by=self.staff, **asked))
        return Response(AppointmentSerializer(back).data)

    @extend_schema(request=None, responses={200: AppointmentSerializer, 409: CONFLICT})
    @action(detail=True, methods=["post"], url_path="check-in")
    def check_in(self, request: Request, pk: str) -> Response:
        row = self.get_object()
        arrived = self._do(lambda: booking.check_in(row, by=self.staff))
        return Response(AppointmentSerializer(arrived).data)

    def _understood(self, serializer_class: type[serializers.Serializer[Any]]) -> Any:
        asked = serializer_class(data=self.request.data, context=self.get_serializer_context())
        asked.is_valid(raise_exception=True)
        return asked

    def _do(self, act: Callable[[], Appointment]) -> Appointment:
        """Run a verb; its refusal becomes a problem with a code."""
        try:
            return act()
        except NotBookable as refusal:
            raise exceptions.ValidationError(
                {field: [told] for field, told in refusal.problems.items()}
            ) from refusal
        except REFUSALS as refusal:
            told = answers.in_json(refusal, to=self.staff)
            raise Conflict(told.pop("detail"), code=told.pop("code"), **told) from refusal


def _days(clinics: QuerySet[Clinic], first: dt.date | None, last: dt.date | None) -> Q:
    """Starts between two days, each clinic's days on its own wall clock."""
    wanted = Q(pk__in=[])
    for clinic in clinics:
        here = Q(clinic=clinic)
        if first is not None:
            here &= Q(starts_at__gte=slots.whole_day(first, clinic.zone).starts_at)
        if last is not None:
            here &= Q(starts_at__lt=slots.whole_day(last, clinic.zone).ends_at)
        wanted |= here
    return wanted


routes: list[tuple[str, type[viewsets.ViewSetMixin], str]] = [
    ("appointments", AppointmentViewSet, "appointment"),
    ("time-requests", TimeRequestViewSet, "time-request"),
    ("wait-list", WaitListViewSet, "wait-list"),
    ("authorization-budgets", AuthorizationBudgetViewSet, "authorization-budget"),
]
