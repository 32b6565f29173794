"""Messages to patients over /api/v1/: what was sent, what failed, and sending it again."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from people import audit, outbox
from people.access import DESK
from people.idempotency import Idempotent
from people.models import Message, User
from people.tasks import send_message
from web.api import Conflict

CONFLICT = OpenApiResponse(
    OpenApiTypes.OBJECT,
    description="Not now: `settled` (nobody has to decide about this message any more).",
)


class MessageSerializer(serializers.ModelSerializer[Message]):
    patient_name = serializers.CharField(source="patient.list_name", read_only=True)
    is_unknown = serializers.BooleanField(
        read_only=True, help_text="Nobody knows whether it went out."
    )

    class Meta:
        model = Message
        fields = (
            "id",
            "patient",
            "patient_name",
            "kind",
            "channel",
            "to",
            "subject",
            "body",
            "status",
            "problem",
            "is_unknown",
            "created_at",
            "not_before",
            "not_after",
            "sent_at",
            "delivered_at",
            "settled_at",
            "instead_of",
        )
        read_only_fields = fields


class WhichMessagesSerializer(serializers.Serializer[Any]):
    patient = serializers.IntegerField(required=False, min_value=1)
    status = serializers.ChoiceField(choices=Message.Status.choices, required=False)
    channel = serializers.ChoiceField(choices=Message.Channel.choices, required=False)


class AgainSerializer(serializers.Serializer[Any]):
    channel = serializers.ChoiceField(
        choices=Message.Channel.choices, required=False, help_text="The same one if left out."
    )


class MessageViewSet(
    Idempotent,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    viewsets.GenericViewSet[Message],
):
    """What the practice writes to patients, the latest first."""

    queryset = Message.objects.select_related("patient").order_by("-created_at", "-pk")
    serializer_class = MessageSerializer
    lookup_value_regex = r"\d{1,18}"
    access_rule = DESK

    @property
    def staff(self) -> User:
        """Who asks: the rule has let nobody else through."""
        return self.request.user  # type: ignore[return-value]

    def get_queryset(self) -> Any:
        rows: Any = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):
            return rows
        rows = rows.visible_to(self.staff)
        if self.action != "list":
            return rows
        asked = WhichMessagesSerializer(data=self.request.query_params)
        asked.is_valid(raise_exception=True)
        return rows.filter(**asked.validated_data)

    @extend_schema(
        parameters=[
            OpenApiParameter("patient", int, description="A patient's id."),
            OpenApiParameter("status", str, enum=Message.Status.values),
            OpenApiParameter("channel", str, enum=Message.Channel.values),
        ]
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        row = self.get_object()
        audit.record(by=self.staff, action="message.viewed", patient=row.patient, target=row)
        return Response(self.get_serializer(row).data)

    @extend_schema(request=AgainSerializer, responses={201: MessageSerializer, 409: CONFLICT})
    @action(detail=True, methods=["post"], url_path="send-again")
    def send_again(self, request: Request, pk: str) -> Response:
        """A new message with the same words in the place of one that failed, or of which nobody
        knows; the answer says whether it waits to be sent or is withheld, and why."""
        row = self.get_object()
        asked = AgainSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            made = outbox.send_again(
                message=row, by=self.staff, channel=asked.validated_data.get("channel")
            )
        except outbox.NotUnsettled as refusal:
            raise Conflict(
                "Somebody has dealt with this message already.", code="settled"
            ) from refusal
        if made.status == Message.Status.WAITING:
            send_message.delay_on_commit(made.pk)
        return Response(self.get_serializer(made).data, status=201)
