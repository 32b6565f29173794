"""Patients' wishes for another time over /api/v1/: what is open, and the answer."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from people.access import DESK
from people.idempotency import Idempotent
from people.models import User
from scheduling import time_requests
from scheduling.forms.reminders import words_problems
from scheduling.models import TimeRequest
from web.api import Conflict

CONFLICT = OpenApiResponse(
    OpenApiTypes.OBJECT,
    description="Not now: `answered` (with `answer`: what somebody else wrote down).",
)


class TimeRequestSerializer(serializers.ModelSerializer[TimeRequest]):
    patient = serializers.IntegerField(source="appointment.patient_id", read_only=True)
    starts_at = serializers.DateTimeField(source="appointment.starts_at", read_only=True)

    class Meta:
        model = TimeRequest
        fields = (
            "id",
            "appointment",
            "patient",
            "starts_at",
            "weekdays",
            "windows",
            "words",
            "made_at",
            "answered_at",
            "answered_by",
            "answer",
        )
        read_only_fields = fields


class WhichRequestsSerializer(serializers.Serializer[Any]):
    show = serializers.ChoiceField(choices=["open", "answered"], required=False)


class AnswerSerializer(serializers.Serializer[Any]):
    answer = serializers.CharField(max_length=200, allow_blank=True, default="")
    decline = serializers.BooleanField(
        default=False, help_text="The patient reads the answer in a message."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["decline"] and (problems := words_problems(attrs["answer"])):
            raise serializers.ValidationError({"answer": problems})
        return attrs


class TimeRequestViewSet(
    Idempotent,
    mixins.ListModelMixin,
    viewsets.GenericViewSet[TimeRequest],
):
    """Who asked for another time by link. Moving the appointment answers the request."""

    queryset = TimeRequest.objects.select_related("appointment__patient").order_by(
        "appointment__starts_at", "pk"
    )
    serializer_class = TimeRequestSerializer
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
        asked = WhichRequestsSerializer(data=self.request.query_params)
        asked.is_valid(raise_exception=True)
        show = asked.validated_data.get("show")
        return rows if show is None else rows.filter(answered_at__isnull=show == "open")

    @extend_schema(parameters=[OpenApiParameter("show", str, enum=["open", "answered"])])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    @extend_schema(request=AnswerSerializer, responses={200: TimeRequestSerializer, 409: CONFLICT})
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, pk: str) -> Response:
        """Write down what was agreed, or decline: the patient reads the words in a message."""
        row = self.get_object()
        asked = AnswerSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        words, declines = asked.validated_data["answer"], asked.validated_data["decline"]
        if row.answered_at is not None:
            raise Conflict(
                "Somebody has answered this request.", code="answered", answer=row.answer
            )
        if declines:
            row = time_requests.decline(request=row, words=words, by=self.staff)
        else:
            row = time_requests.answer(request=row, answer=words, by=self.staff)
        return Response(self.get_serializer(row).data)
