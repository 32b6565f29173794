"""Notes in the API: read, sign, co-sign, amend, add to, fetch as PDF."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from documentation import amending, authority, signing
from documentation.access import open_note
from documentation.api_rows import OF_A_PATIENT, Rows, user_of
from documentation.confirming import WITHIN, TooManyTries, WrongPassword
from documentation.models import Note, NotePdf
from documentation.serializers import (
    AddendumSerializer,
    AmendmentSerializer,
    NewAddendumSerializer,
    NoteSerializer,
    NoteVersionSerializer,
    SignatureSerializer,
)
from documentation.tasks import render_note_pdf
from people.access import CLINICAL
from people.idempotency import Idempotent
from people.models import Role
from scheduling.booking import WrongStatus
from web.api import Conflict, problem_details
from web.files import give_pdf


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


@OF_A_PATIENT
class NoteViewSet(Rows):
    """Notes: read, sign, co-sign, amend, add to, fetch as PDF."""

    queryset = Note.objects.select_related("visit__patient", "visit__clinic", "pdf").defer(
        "pdf__file_bytes"
    )
    serializer_class = NoteSerializer
    path_to_patient = "visit__patient"
    access_rules = {
        "sign": CLINICAL,
        "cosign": (Role.OWNER, Role.THERAPIST),
        "amend": CLINICAL,
        "withdraw": CLINICAL,
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
        note = open_note(int(pk), by=user_of(request))
        return Response(NoteSerializer(note).data)

    @extend_schema(request=SignatureSerializer, responses=NoteSerializer)
    @action(detail=True, methods=["post"])
    def sign(self, request: Request, pk: str) -> Response:
        """Sign with your password. 422 with what is missing, 409 when it is signed already."""
        return self._put_name(
            request, signing.sign_note, ("password", "takes_over", "as_read", "supervised")
        )

    @extend_schema(request=SignatureSerializer, responses=NoteSerializer)
    @action(detail=True, methods=["post"], url_path="co-sign")
    def cosign(self, request: Request, pk: str) -> Response:
        """Co-sign an assistant's or a student's note with your password."""
        return self._put_name(
            request, signing.cosign_note, ("password", "takes_over", "supervised")
        )

    def _put_name(self, request: Request, verb: Any, names: tuple[str, ...]) -> Response:
        asked = SignatureSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        values = {name: asked.validated_data[name] for name in names}
        try:
            note = verb(note=self.get_object(), by=user_of(request), **values)
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

    @extend_schema(request=AmendmentSerializer, responses=NoteSerializer)
    @action(detail=True, methods=["post"])
    def amend(self, request: Request, pk: str) -> Response:
        """Open a signed note again, for a reason: the signed version is put aside, and the next
        signature makes a further one. 409 when it is not signed."""
        asked = AmendmentSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        with _amends():
            amending.open_amendment(
                note=self.get_object(), by=user_of(request), **asked.validated_data
            )
        return Response(NoteSerializer(self.get_object()).data)

    @extend_schema(request=None, responses=NoteSerializer)
    @action(detail=True, methods=["post"], url_path="amend/withdraw")
    def withdraw(self, request: Request, pk: str) -> Response:
        """Withdraw an open amendment: the signed version stands as before."""
        with _amends():
            note = amending.withdraw(note=self.get_object(), by=user_of(request))
        return Response(NoteSerializer(note).data)

    @extend_schema(responses=NoteVersionSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def versions(self, request: Request, pk: str) -> Response:
        """The versions that were signed before, as they stood, newest first."""
        self.get_object()
        note = open_note(int(pk), by=user_of(request), action="note.versions_viewed")
        return Response(NoteVersionSerializer(note.versions.all(), many=True).data)

    @extend_schema(responses=AddendumSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def addenda(self, request: Request, pk: str) -> Response:
        self.get_object()
        note = open_note(int(pk), by=user_of(request))
        return Response(AddendumSerializer(note.addenda.all(), many=True).data)

    @extend_schema(request=NewAddendumSerializer, responses={201: AddendumSerializer})
    @addenda.mapping.post
    def add_addendum(self, request: Request, pk: str) -> Response:
        """Add to a signed note; its PDF is made anew."""
        note = self.get_object()
        asked = NewAddendumSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            addendum = signing.add_addendum(note=note, by=user_of(request), **asked.validated_data)
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
        open_note(note.pk, by=user_of(request), action="note.pdf_viewed")
        return give_pdf(row.file_bytes, name=f"note-{note.pk}.pdf")


@contextmanager
def _amends() -> Iterator[None]:
    """What the amending verbs refuse, as the API words it."""
    try:
        yield
    except signing.NotSigned as error:
        raise Conflict(str(error), code="not_signed") from None
    except amending.NotOpen as error:
        raise Conflict(str(error), code="not_open") from None
    except amending.CannotWithdraw as error:
        raise Conflict(str(error), code="cannot_withdraw") from None
    except amending.BadReason as error:
        raise exceptions.ValidationError({"reason": [str(error)]}) from None
    except authority.MayNotSign as error:
        raise exceptions.PermissionDenied(str(error), code="may_not_sign") from None
