"""Visits and notes over /api/v1/: the same verbs the pages call."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import exceptions, mixins, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from documentation import authority, charting, drafts, session_content, signing
from documentation.access import open_note
from documentation.confirming import WITHIN, TooManyTries, WrongPassword
from documentation.models import Note, NotePdf, ServiceEntry, TimedEntry, Visit
from documentation.rules.session import NotASession
from documentation.serializers import (
    AddendumSerializer,
    EntrySerializer,
    MissingSerializer,
    NewAddendumSerializer,
    NoteSerializer,
    OpenVisitSerializer,
    SignatureSerializer,
    VisitSerializer,
    WriteVisitSerializer,
    entries_of,
)
from documentation.tasks import render_note_pdf
from people import audit
from people.access import CLINICAL, READS_CHARTS, find_visible
from people.idempotency import Idempotent
from people.models import Role, User
from scheduling.booking import WrongStatus
from scheduling.facts import NotBookable
from scheduling.models import Appointment
from web.api import Conflict, problem_details


class NotCompleteAnswer(exceptions.APIException):
    status_code = 422
    default_detail = "The note is not complete."
    default_code = "not_complete"

    def __init__(self, findings: list[Any]) -> None:
        super().__init__()
        self.extra = {"findings": [finding.as_dict() for finding in findings]}


class WrongPasswordAnswer(exceptions.APIException):
    status_code = status.HTTP_403_FORBIDDEN
    default_detail = "That is not your password."
    default_code = "wrong_password"


class TooManyTriesAnswer(exceptions.APIException):
    status_code = status.HTTP_429_TOO_MANY_REQUESTS
    default_detail = "Too many wrong passwords."
    default_code = "too_many_tries"
    wait = WITHIN.total_seconds()  # answered as Retry-After


class _Rows(
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
ENTRY = OpenApiParameter("entry", OpenApiTypes.UUID, OpenApiParameter.PATH)


@OF_A_PATIENT
class VisitViewSet(_Rows):
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
            Appointment.objects.all(), asked.validated_data["appointment"], by=_user(request)
        )
        try:
            visit = charting.open_visit(appointment=appointment, by=_user(request))
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
                by=_user(request),
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
                    visit=visit, code=code, by=_user(request), **values
                )
            else:
                untimed = {
                    name: value
                    for name, value in values.items()
                    if name in ("minutes", "assistant_minutes", "narrative")
                }
                entry = charting.record_service(
                    visit=visit, code=code, by=_user(request), **untimed
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
            row = charting.change_entry(entry=row, by=_user(request), **values)
        return Response(EntrySerializer(row).data)

    @extend_schema(parameters=[ENTRY], responses={204: None})
    @change_entry.mapping.delete
    def remove_entry(self, request: Request, pk: str, entry: str) -> Response:
        with _said_kindly():
            charting.remove_entry(entry=_entry(self.get_object(), entry), by=_user(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


@OF_A_PATIENT
class NoteViewSet(_Rows):
    """Notes: read, sign, co-sign, add to, fetch as PDF."""

    queryset = Note.objects.select_related("visit__patient", "visit__clinic", "pdf").defer(
        "pdf__file_bytes"
    )
    serializer_class = NoteSerializer
    path_to_patient = "visit__patient"
    access_rules = {
        "sign": CLINICAL,
        "cosign": (Role.OWNER, Role.THERAPIST),
        "add_addendum": CLINICAL,
    }

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """A signature is not kept for replay: the answer's fingerprint would hold a digest of the
        password, and a second signature answers 409 by itself."""
        if self.action in ("sign", "cosign"):
            super(Idempotent, self).initial(request, *args, **kwargs)
        else:
            super().initial(request, *args, **kwargs)

    def retrieve(self, request: Request, pk: str) -> Response:
        self.get_object()
        note = open_note(int(pk), by=_user(request))
        return Response(NoteSerializer(note).data)

    @extend_schema(request=SignatureSerializer, responses=NoteSerializer)
    @action(detail=True, methods=["post"])
    def sign(self, request: Request, pk: str) -> Response:
        """Sign with your password. 422 with what is missing, 409 when it is signed already."""
        return self._put_name(request, signing.sign_note, ("password", "takes_over", "as_read"))

    @extend_schema(request=SignatureSerializer, responses=NoteSerializer)
    @action(detail=True, methods=["post"], url_path="co-sign")
    def cosign(self, request: Request, pk: str) -> Response:
        """Co-sign an assistant's note with your password."""
        return self._put_name(request, signing.cosign_note, ("password", "takes_over"))

    def _put_name(self, request: Request, verb: Any, names: tuple[str, ...]) -> Response:
        asked = SignatureSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        values = {name: asked.validated_data[name] for name in names}
        try:
            note = verb(note=self.get_object(), by=_user(request), **values)
        except signing.AlreadySigned as error:
            raise Conflict(str(error), code="already_signed") from None
        except signing.NotSigned as error:
            raise Conflict(str(error), code="not_signed") from None
        except signing.ChangedSinceRead as error:
            raise Conflict(str(error), code="changed_since_read") from None
        except WrongStatus as error:
            raise Conflict(str(error), code="wrong_status") from None
        except signing.NotComplete as error:
            raise NotCompleteAnswer(error.findings) from None
        except authority.MayNotSign as error:
            raise exceptions.PermissionDenied(str(error), code="may_not_sign") from None
        except WrongPassword as error:
            raise WrongPasswordAnswer(str(error)) from None
        except TooManyTries as error:
            raise TooManyTriesAnswer(str(error)) from None
        return Response(NoteSerializer(note).data)

    @extend_schema(responses=AddendumSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def addenda(self, request: Request, pk: str) -> Response:
        self.get_object()
        note = open_note(int(pk), by=_user(request))
        return Response(AddendumSerializer(note.addenda.all(), many=True).data)

    @extend_schema(request=NewAddendumSerializer, responses={201: AddendumSerializer})
    @addenda.mapping.post
    def add_addendum(self, request: Request, pk: str) -> Response:
        """Add to a signed note; its PDF is made anew."""
        note = self.get_object()
        asked = NewAddendumSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            addendum = signing.add_addendum(note=note, by=_user(request), **asked.validated_data)
        except signing.NotSigned as error:
            raise Conflict(str(error), code="not_signed") from None
        except signing.BadAddendum as error:
            raise exceptions.ValidationError({"text": [str(error)]}) from None
        if note.is_final:
            render_note_pdf.delay_on_commit(note.pk)
        return Response(AddendumSerializer(addendum).data, status=status.HTTP_201_CREATED)

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"])
    def pdf(self, request: Request, pk: str) -> HttpResponse | Response:
        """The note as a PDF; 409 while it is being made."""
        note = self.get_object()
        row = NotePdf.objects.filter(note=note).first()
        if row is None or row.status != NotePdf.Status.READY:
            state = row.status if row is not None else "not_final"
            conflict = Conflict("The PDF is not ready.", code="pdf_not_ready", state=state)
            return problem_details(conflict, {}) or Response(status=status.HTTP_409_CONFLICT)
        open_note(note.pk, by=_user(request), action="note.pdf_viewed")
        return HttpResponse(
            bytes(row.file_bytes or b""),
            content_type="application/pdf",
            headers={"Content-Disposition": f'inline; filename="note-{note.pk}.pdf"'},
        )


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


def _user(request: Request) -> User:
    assert isinstance(request.user, User)
    return request.user


def _read(request: Request, action_name: str, visit: Visit) -> None:
    audit.record(by=_user(request), action=action_name, patient=visit.patient, target=visit)


def _entry(visit: Visit, key: str) -> TimedEntry | ServiceEntry:
    for entry in entries_of(visit):
        if str(entry.key) == key:
            return entry
    raise exceptions.NotFound("This service is not logged in the visit.")


routes: list[tuple[str, type[viewsets.GenericViewSet[Any]], str]] = [
    ("visits", VisitViewSet, "visit"),
    ("notes", NoteViewSet, "note"),
]
