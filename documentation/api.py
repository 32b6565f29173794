"""Visits and notes over /api/v1/: the same verbs the pages call."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from documentation import charting, drafts, session_content
from documentation.api_notes import NoteViewSet
from documentation.api_rows import OF_A_PATIENT, Rows, user_of
from documentation.models import ServiceEntry, TimedEntry, Visit
from documentation.rules.session import NotASession
from documentation.serializers import (
    EntrySerializer,
    MissingSerializer,
    OpenVisitSerializer,
    VisitSerializer,
    WriteVisitSerializer,
    entries_of,
)
from people import audit
from people.access import CLINICAL, find_visible
from scheduling.booking import WrongStatus
from scheduling.facts import NotBookable
from scheduling.models import Appointment
from web.api import Conflict

ENTRY = OpenApiParameter("entry", OpenApiTypes.UUID, OpenApiParameter.PATH)


@OF_A_PATIENT
class VisitViewSet(Rows):
    """Visits: open one for an appointment, write its note, log its services."""

    queryset = Visit.objects.select_related("note", "patient").prefetch_related(
        "timed_entries__code", "service_entries__code"
    )
    serializer_class = VisitSerializer
    path_to_patient = "patient"
    access_rules = {
        "create": CLINICAL,
        "partial_update": CLINICAL,
        "add_entry": CLINICAL,
        "change_entry": CLINICAL,
        "remove_entry": CLINICAL,
    }

    def retrieve(self, request: Request, pk: str) -> Response:
        visit = self.get_object()
        _read(request, "visit.viewed", visit)
        return Response(VisitSerializer(visit).data)

    @extend_schema(request=OpenVisitSerializer, responses={201: VisitSerializer})
    def create(self, request: Request) -> Response:
        """Open the visit of an appointment; asked twice, the same visit answers."""
        asked = OpenVisitSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        appointment = find_visible(
            Appointment.objects.all(), asked.validated_data["appointment"], by=user_of(request)
        )
        try:
            visit = charting.open_visit(appointment=appointment, by=user_of(request))
        except (charting.NotTreatable, NotBookable, WrongStatus) as error:
            raise Conflict(str(error), code="not_treatable") from None
        visit = self.get_queryset().get(pk=visit.pk)
        return Response(VisitSerializer(visit).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=WriteVisitSerializer, responses=VisitSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Write the note's parts, the total treatment minutes, the case or the assistant."""
        visit = self.get_object()
        asked = WriteVisitSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        with _said_kindly(), transaction.atomic():
            visit = charting.lock_unsigned(visit)
            content = copy.deepcopy(session_content.content_of(visit))
            written = asked.into(content)
            draft = session_content.draft_of(visit)
            state = drafts.save_draft(
                visit=visit,
                content=content,
                base_version=draft.version if draft is not None else 0,
                by=user_of(request),
            )
            wrong = {path: text for path, text in state.errors.items() if path in written}
            if wrong:  # a page would keep what was typed; a program is refused
                raise exceptions.ValidationError(wrong)
        return Response(VisitSerializer(self.get_object()).data)

    @extend_schema(responses=MissingSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def missing(self, request: Request, pk: str) -> Response:
        """What the note lacks; what is required blocks signing."""
        findings = charting.missing_for_signing(self.get_object())
        return Response([finding.as_dict() for finding in findings])

    @extend_schema(responses=EntrySerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def entries(self, request: Request, pk: str) -> Response:
        visit = self.get_object()
        _read(request, "visit.viewed", visit)
        return Response(EntrySerializer(entries_of(visit), many=True).data)

    @extend_schema(request=EntrySerializer, responses={201: EntrySerializer})
    @entries.mapping.post
    def add_entry(self, request: Request, pk: str) -> Response:
        """Log a service: minutes and narrative, and for 97112 its details."""
        visit = self.get_object()
        asked = EntrySerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        values = dict(asked.validated_data)
        code = values.pop("code")
        with _said_kindly():
            if code.timed:
                entry: Any = charting.record_time(
                    visit=visit, code=code, by=user_of(request), **values
                )
            else:
                untimed = {
                    name: value
                    for name, value in values.items()
                    if name in ("minutes", "assistant_minutes", "narrative")
                }
                entry = charting.record_service(
                    visit=visit, code=code, by=user_of(request), **untimed
                )
        return Response(EntrySerializer(entry).data, status=status.HTTP_201_CREATED)

    @extend_schema(parameters=[ENTRY], request=EntrySerializer, responses=EntrySerializer)
    @action(detail=True, methods=["patch"], url_path=r"entries/(?P<entry>[0-9a-f-]{36})")
    def change_entry(self, request: Request, pk: str, entry: str) -> Response:
        row = _entry(self.get_object(), entry)
        asked = EntrySerializer(row, data=request.data, partial=True)
        asked.is_valid(raise_exception=True)
        values = dict(asked.validated_data)
        if values.pop("code", row.code) != row.code:
            raise exceptions.ValidationError(
                {"code": ["A service keeps its code: remove it and log the other one."]}
            )
        with _said_kindly():
            row = charting.change_entry(entry=row, by=user_of(request), **values)
        return Response(EntrySerializer(row).data)

    @extend_schema(parameters=[ENTRY], responses={204: None})
    @change_entry.mapping.delete
    def remove_entry(self, request: Request, pk: str, entry: str) -> Response:
        with _said_kindly():
            charting.remove_entry(entry=_entry(self.get_object(), entry), by=user_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


@contextmanager
def _said_kindly() -> Iterator[None]:
    """What the charting verbs refuse, as the API words it."""
    try:
        yield
    except charting.AlreadySigned as error:
        raise Conflict(str(error), code="already_signed") from None
    except charting.EntryRefused as error:
        raise exceptions.ValidationError(
            {name: [text] for name, text in error.errors.items()}
        ) from None
    except (drafts.DraftTooLarge, NotASession) as error:
        raise exceptions.ValidationError({"detail": [str(error)]}) from None


def _read(request: Request, action_name: str, visit: Visit) -> None:
    audit.record(by=user_of(request), action=action_name, patient=visit.patient, target=visit)


def _entry(visit: Visit, key: str) -> TimedEntry | ServiceEntry:
    for entry in entries_of(visit):
        if str(entry.key) == key:
            return entry
    raise exceptions.NotFound("This service is not logged in the visit.")


routes: list[tuple[str, type[viewsets.GenericViewSet[Any]], str]] = [
    ("visits", VisitViewSet, "visit"),
    ("notes", NoteViewSet, "note"),
]
