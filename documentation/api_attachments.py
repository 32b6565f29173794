"""Documents from outside over /api/v1/: the same verbs the pages call."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers, status
from rest_framework.decorators import action
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from documentation import attaching
from documentation.access import open_attachment
from documentation.api_rows import OF_A_PATIENT, Rows, user_of
from documentation.attachment_forms import LONGEST_REASON
from documentation.models import Attachment, AttachmentFile, Episode, PlanOfCare, Visit
from documentation.received import look_at
from documentation.tasks import make_thumbnail
from people.access import ADDS_DOCUMENTS, ANY_STAFF, READS_CHARTS, find_visible
from people.models import Patient
from web.api import Conflict
from web.files import hand_out
from web.uploads import Measured, measure

OWNERS: dict[str, Any] = {"episode": Episode, "plan": PlanOfCare, "visit": Visit}


class TooLarge(exceptions.APIException):
    status_code = 413
    default_code = "too_large"


class AttachmentSerializer(serializers.ModelSerializer[Attachment]):
    class Meta:
        model = Attachment
        fields = (
            "id",
            "patient",
            "kind",
            "title",
            "episode",
            "plan",
            "visit",
            "content_type",
            "size",
            "pages",
            "sha256",
            "uploaded_by",
            "uploaded_at",
            "removed_at",
            "removal_reason",
        )
        read_only_fields = fields


class WriteAttachmentSerializer(serializers.Serializer[Any]):
    """What a document is, and the one thing it belongs to; of neither three: the whole chart."""

    kind = serializers.ChoiceField(choices=Attachment.Kind.choices)
    title = serializers.CharField(required=False, max_length=120)
    episode = serializers.IntegerField(required=False, allow_null=True)
    plan = serializers.IntegerField(required=False, allow_null=True)
    visit = serializers.IntegerField(required=False, allow_null=True)

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        named = [name for name in OWNERS if given.get(name) is not None]
        if len(named) > 1:
            problem = ["A document belongs to one of episode, plan and visit."]
            raise serializers.ValidationError(dict.fromkeys(named, problem))
        return given


class NewAttachmentSerializer(WriteAttachmentSerializer):
    patient = serializers.IntegerField()
    file = serializers.FileField(max_length=200, allow_empty_file=True)


class RemoveAttachmentSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=LONGEST_REASON)


@OF_A_PATIENT
class AttachmentViewSet(Rows):
    """Referrals, orders, imaging and reports from elsewhere, as they came in."""

    queryset = Attachment.objects.all()
    serializer_class = AttachmentSerializer
    parser_classes = (JSONParser, MultiPartParser)
    http_method_names = ["get", "post", "patch", "head", "options"]
    path_to_patient = "patient"
    access_rule = ANY_STAFF
    access_rules = {
        "create": ADDS_DOCUMENTS,
        "partial_update": ADDS_DOCUMENTS,
        "remove": ADDS_DOCUMENTS,
    }
    measured: Measured | None = None

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        """A file is measured while it arrives."""
        if request.method == "POST":
            self.measured = measure(request, largest=attaching.largest)
        found: Request = super().initialize_request(request, *args, **kwargs)
        return found

    def retrieve(self, request: Request, pk: str) -> Response:
        attachment = open_attachment(int(pk), by=user_of(request))
        return Response(AttachmentSerializer(attachment).data)

    @extend_schema(
        request={"multipart/form-data": NewAttachmentSerializer},
        responses={201: AttachmentSerializer},
    )
    def create(self, request: Request) -> Response:
        """Add a document. 409 `already_there` names the same file, kept before; 413 is larger than
        the practice allows. What kind of file it is, its content says."""
        said = request.data  # reads the body, and measures it
        if self.measured is not None and self.measured.too_large:
            raise TooLarge(attaching.too_large_in_words(self.measured.most))
        asked = NewAttachmentSerializer(data=said)
        asked.is_valid(raise_exception=True)
        given, by = asked.validated_data, user_of(request)
        patient = find_visible(Patient.objects.all(), given["patient"], by=by)
        title = given.get("title") or attaching.title_from(given["file"].name, given["kind"])
        try:
            attachment = attaching.attach(
                patient=patient,
                received=look_at(given["file"].read()),
                kind=given["kind"],
                title=title,
                belongs_to=_owner(given, request),
                by=by,
            )
        except attaching.AlreadyThere as error:
            raise Conflict(
                "This very file is on the chart already.",
                code="already_there",
                attachment=error.attachment.pk,
            ) from None
        make_thumbnail.delay_on_commit(attachment.pk)
        return Response(AttachmentSerializer(attachment).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=WriteAttachmentSerializer, responses=AttachmentSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Say anew what it is, or what it belongs to (null: to the whole chart)."""
        attachment = self.get_object()
        asked = WriteAttachmentSerializer(data=request.data, partial=True)
        asked.is_valid(raise_exception=True)
        given = dict(asked.validated_data)
        values = {name: given[name] for name in ("kind", "title") if name in given}
        if not OWNERS.keys().isdisjoint(given):
            values |= attaching.owner_of(attachment.patient, _owner(given, request))
        with _said_kindly():
            changed = attaching.change(attachment=attachment, by=user_of(request), **values)
        return Response(AttachmentSerializer(changed).data)

    @extend_schema(request=RemoveAttachmentSerializer, responses=AttachmentSerializer)
    @action(detail=True, methods=["post"])
    def remove(self, request: Request, pk: str) -> Response:
        """Take it off the chart, with the reason; those who oversee still see it."""
        attachment = self.get_object()
        asked = RemoveAttachmentSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        with _said_kindly():
            removed = attaching.remove(
                attachment=attachment,
                reason=asked.validated_data["reason"],
                by=user_of(request),
            )
        return Response(AttachmentSerializer(removed).data)

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"])
    def file(self, request: Request, pk: str) -> HttpResponseBase:
        """The bytes as they came in; `ETag` is their SHA-256."""
        attachment = open_attachment(int(pk), by=user_of(request), action="attachment.opened")
        return hand_out(
            request,
            content_type=attachment.content_type,
            name=attachment.file_name,
            sha256=attachment.sha256,
            size=attachment.size,
            load=lambda: bytes(AttachmentFile.objects.get(attachment=attachment).content),
        )


@contextmanager
def _said_kindly() -> Iterator[None]:
    """Refusals of the verbs as problem details."""
    try:
        yield
    except attaching.AlreadyRemoved:
        raise Conflict("It was removed already.", code="removed") from None
    except attaching.IsEvidence as error:
        told = "A case names it as its signed order."
        raise Conflict(told, code="is_evidence", episode=error.episode.pk) from None


def _owner(given: dict[str, Any], request: Request) -> Episode | PlanOfCare | Visit | None:
    """The row named, if it is theirs to see; who reads no charts names none."""
    by = user_of(request)
    name = next((name for name in OWNERS if given.get(name) is not None), None)
    if name is None:
        return None
    if not by.has_role(*READS_CHARTS):
        raise exceptions.PermissionDenied("Only those who read charts name what it belongs to.")
    row: Episode | PlanOfCare | Visit = find_visible(OWNERS[name].objects.all(), given[name], by=by)
    return row


routes = [("attachments", AttachmentViewSet, "attachment")]
