"""Claims, files and What-if over /api/v1/: the same verbs the pages call."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from billing import batches, claims, replies
from billing.models import (
    Batch,
    Claim,
    ClaimLine,
    ClaimVersion,
    Finding,
    Reply,
    ReplyItem,
    TradingPartner,
)
from billing.models.claim import NotAllowed
from billing.paper_claims import CannotPrint, print_claim
from billing.rules.visit_input import BadInput
from billing.what_if import explain_data
from billing.x12.segments import X12ValueError
from people import audit
from people.access import ANY_STAFF, BILLING
from people.idempotency import Idempotent
from people.models import Role
from web.api import Conflict
from web.files import give, give_pdf

SEES_CLAIMS = (Role.OWNER, Role.BILLER, Role.AUDITOR)


class LineSerializer(serializers.ModelSerializer[ClaimLine]):
    code = serializers.CharField(source="code_id")

    class Meta:
        model = ClaimLine
        fields = (
            "number",
            "code",
            "modifiers",
            "reasons",
            "units",
            "minutes",
            "charge",
            "allowed",
            "pointers",
            "control_number",
        )


class FindingSerializer(serializers.ModelSerializer[Finding]):
    check = serializers.CharField(source="check_id")

    class Meta:
        model = Finding
        fields = ("check", "severity", "message", "field", "source", "codes")


class ClaimSerializer(serializers.ModelSerializer[Claim]):
    date_of_service = serializers.DateField(source="visit.date_of_service")
    lines = LineSerializer(many=True)

    class Meta:
        model = Claim
        fields = (
            "id",
            "control_number",
            "status",
            "sequence",
            "visit",
            "patient",
            "payer",
            "coverage",
            "authorization",
            "date_of_service",
            "total",
            "proof",
            "lines",
            "drafted_at",
            "released_at",
        )


class VersionSerializer(serializers.ModelSerializer[ClaimVersion]):
    class Meta:
        model = ClaimVersion
        fields = ("claim", "number", "sha256", "made_at")


class BatchSerializer(serializers.ModelSerializer[Batch]):
    file_name = serializers.CharField(source="file.file_name")
    sha256 = serializers.CharField(source="file.sha256")

    class Meta:
        model = Batch
        fields = (
            "id",
            "partner",
            "interchange_control_number",
            "status",
            "claims",
            "total",
            "file_name",
            "sha256",
            "built_at",
            "sent_at",
        )


class NewBatchSerializer(serializers.Serializer[Any]):
    partner = serializers.PrimaryKeyRelatedField(queryset=TradingPartner.objects.all())


class ClaimViewSet(
    Idempotent,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    viewsets.GenericViewSet[Claim],
):
    """Claims the caller may see; `?status=` narrows the list."""

    access_rule = SEES_CLAIMS
    access_rules = {"release": BILLING}
    serializer_class = ClaimSerializer
    queryset = Claim.objects.none()

    def get_queryset(self) -> QuerySet[Claim]:
        if getattr(self, "swagger_fake_view", False):
            return Claim.objects.none()
        rows = (
            Claim.objects.visible_to(self.request.user)  # type: ignore[arg-type]
            .select_related("visit")
            .prefetch_related("lines")
        )
        status = self.request.query_params.get("status")
        return rows.filter(status=status) if status else rows

    @extend_schema(parameters=[OpenApiParameter("status", str, description="A claim's status")])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        claim = self.get_object()
        audit.record(
            by=request.user,  # type: ignore[arg-type]
            action="claim.viewed",
            patient=claim.patient,
            target=claim,
        )
        return Response(self.get_serializer(claim).data)

    @extend_schema(request=None, responses={200: VersionSerializer})
    @action(detail=True, methods=["post"])
    def release(self, request: Request, pk: str | None = None) -> Response:
        """Freeze the claim and put it in line for the next file; 409 when something holds it."""
        claim = self.get_object()
        try:
            version = claims.release(claim=claim, by=request.user)  # type: ignore[arg-type]
        except claims.NotReady:
            claims.scrub(claim=claim, by=request.user)  # type: ignore[arg-type]
            found = FindingSerializer(claim.findings.all(), many=True).data
            raise Conflict(
                "Something still holds this claim.", code="not_ready", findings=found
            ) from None
        except NotAllowed as error:
            raise Conflict(
                f"A claim cannot go from {error.here} to {error.there}.", code="not_allowed"
            ) from None
        return Response(VersionSerializer(version).data)

    @extend_schema(responses={200: FindingSerializer(many=True)}, filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def findings(self, request: Request, pk: str | None = None) -> Response:
        """What the checks found on the claim."""
        return Response(FindingSerializer(self.get_object().findings.all(), many=True).data)

    @extend_schema(
        responses={(200, "application/pdf"): OpenApiTypes.BINARY},
        parameters=[
            OpenApiParameter(
                "on",
                str,
                enum=["paper", "form"],
                description="`form`: text alone, for the red form",
            )
        ],
        filters=False,
    )
    @action(detail=True, methods=["get"], pagination_class=None)
    def cms1500(self, request: Request, pk: str | None = None) -> HttpResponse:
        """The CMS-1500 (02/12); a claim that was not released comes marked as a preview."""
        claim = self.get_object()
        try:
            content = print_claim(
                claim=claim,
                by=request.user,  # type: ignore[arg-type]
                background=request.query_params.get("on") != "form",
            )
        except CannotPrint as error:
            raise Conflict(str(error), code="cannot_print") from None
        return give_pdf(content, name=f"cms1500-{claim.control_number}.pdf")


class BatchViewSet(
    Idempotent,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    viewsets.GenericViewSet[Batch],
):
    """Claim files: what was built, and building the next one for a trading partner."""

    access_rule = SEES_CLAIMS
    access_rules = {"create": BILLING, "file": BILLING}
    serializer_class = BatchSerializer
    queryset = Batch.objects.select_related("file").prefetch_related("claims")

    @extend_schema(request=NewBatchSerializer, responses={201: BatchSerializer})
    def create(self, request: Request) -> Response:
        """Build one file of the partner's released claims; 409 when none waits."""
        asked = NewBatchSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        partner = asked.validated_data["partner"]
        try:
            batch = batches.build(partner=partner, by=request.user)  # type: ignore[arg-type]
        except batches.NothingToSend:
            raise Conflict(
                "No released claim waits for this partner.", code="nothing_to_send"
            ) from None
        except (batches.FileNotSound, X12ValueError) as error:
            raise Conflict(f"The file was not built: {error}", code="file_not_sound") from None
        return Response(BatchSerializer(batch).data, status=201)

    @extend_schema(
        responses={(200, "application/edi-x12"): OpenApiResponse(OpenApiTypes.BINARY)},
        filters=False,
    )
    @action(detail=True, methods=["get"], pagination_class=None)
    def file(self, request: Request, pk: str | None = None) -> HttpResponse:
        """The 837P byte for byte."""
        batch = self.get_object()
        audit.record(by=request.user, action="batch.downloaded", target=batch)  # type: ignore[arg-type]
        return give(
            bytes(batch.file.file_bytes),
            content_type="application/edi-x12",
            name=batch.file.file_name,
        )


class ReplyItemSerializer(serializers.ModelSerializer[ReplyItem]):
    class Meta:
        model = ReplyItem
        fields = (
            "position",
            "level",
            "outcome",
            "effect",
            "reference",
            "batch",
            "claim",
            "line_number",
            "words",
            "codes",
        )


class ReplySerializer(serializers.ModelSerializer[Reply]):
    sha256 = serializers.CharField(source="file.sha256")
    items = ReplyItemSerializer(many=True)

    class Meta:
        model = Reply
        fields = (
            "id",
            "name",
            "kinds",
            "sender",
            "status",
            "problem",
            "sha256",
            "received_at",
            "applied_at",
            "items",
        )


class NewReplySerializer(serializers.Serializer[Any]):
    file = serializers.FileField(max_length=200)


class ReplyViewSet(
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    viewsets.GenericViewSet[Reply],
):
    """999, TA1 and 277CA as they came in, and what each says. The same bytes are one reply."""

    access_rule = SEES_CLAIMS
    access_rules = {"create": BILLING}
    serializer_class = ReplySerializer
    queryset = Reply.objects.select_related("file").prefetch_related("items")
    parser_classes = (MultiPartParser,)

    @extend_schema(
        request=NewReplySerializer, responses={200: ReplySerializer, 201: ReplySerializer}
    )
    def create(self, request: Request) -> Response:
        """Take a reply in and apply it: 201, or 200 when the same bytes were there before."""
        asked = NewReplySerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        uploaded = asked.validated_data["file"]
        if uploaded.size > replies.MOST_BYTES:
            raise serializers.ValidationError({"file": ["This is larger than any reply."]})
        reply, is_new = replies.take_in(
            content=uploaded.read(),
            name=uploaded.name,
            came_by=Reply.Way.API,
            by=request.user,  # type: ignore[arg-type]
        )
        reply = replies.apply(reply=reply)
        return Response(ReplySerializer(reply).data, status=201 if is_new else 200)


class ExplainView(APIView):
    """What-if: one visit, or a list of them; the same answer as `manage.py explain`."""

    access_rule = ANY_STAFF

    @extend_schema(request=OpenApiTypes.OBJECT, responses={200: OpenApiTypes.OBJECT})
    def post(self, request: Request) -> Response:
        """Units, alternatives, modifiers, findings, prices and proof. Nothing is stored."""
        try:
            return Response(explain_data(request.data))
        except BadInput as error:
            faults: dict[str, list[str]] = {}
            for fault in error.errors:
                faults.setdefault(fault.field or "visit", []).append(fault.message)
            raise serializers.ValidationError(faults) from None


routes: list[tuple[str, type[viewsets.GenericViewSet[Any]], str]] = [
    ("claims", ClaimViewSet, "claim"),
    ("batches", BatchViewSet, "batch"),
    ("replies", ReplyViewSet, "reply"),
]
