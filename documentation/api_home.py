"""Home programs over /api/v1/: read what a patient has in hand and how it goes."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from rest_framework import mixins, serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from documentation import home_answers
from documentation.access import open_home_program
from documentation.api_rows import OF_A_PATIENT, of_patient
from documentation.models import HomeProgram, HomeProgramItem
from people.access import READS_CHARTS
from people.models import User


class HomeItemSerializer(serializers.ModelSerializer[HomeProgramItem]):
    name = serializers.CharField(source="words.name", read_only=True)
    dose = serializers.CharField(source="dose_in_words", read_only=True)

    class Meta:
        model = HomeProgramItem
        fields = (
            "id",
            "exercise",
            "name",
            "dose",
            "sets",
            "reps",
            "hold_seconds",
            "seconds",
            "times_a_day",
            "days_a_week",
            "side",
            "own_words",
            "step_axis",
            "step_text",
        )


class HomeProgramSerializer(serializers.ModelSerializer[HomeProgram]):
    items = HomeItemSerializer(many=True, read_only=True)

    class Meta:
        model = HomeProgram
        fields: tuple[str, ...] = (
            "id",
            "patient",
            "version",
            "status",
            "remark",
            "giver_name",
            "given_at",
            "starts_on",
            "ended_at",
            "items",
        )


class HomeProgramWithAnswersSerializer(HomeProgramSerializer):
    """One program, with the last two weeks of answers."""

    days_done = serializers.IntegerField(source="how.days_done", read_only=True)
    days_shown = serializers.SerializerMethodField()
    percent = serializers.IntegerField(source="how.percent", read_only=True)
    last_answer_on = serializers.DateField(source="how.last_answer_on", read_only=True)

    class Meta(HomeProgramSerializer.Meta):
        fields = (
            *HomeProgramSerializer.Meta.fields,
            "days_done",
            "days_shown",
            "percent",
            "last_answer_on",
        )

    def get_days_shown(self, program: Any) -> int:
        return len(program.how.days)


@OF_A_PATIENT
class HomeProgramViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Any]
):
    """Home programs, version by version: drafts, what was given, and how it goes."""

    queryset = HomeProgram.objects.prefetch_related("items")
    serializer_class = HomeProgramSerializer
    http_method_names = ["get", "head", "options"]
    lookup_value_regex = r"\d{1,18}"
    access_rule: tuple[str, ...] = READS_CHARTS

    def get_queryset(self) -> Any:
        rows: Any = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):
            return rows
        rows = rows.visible_to(self.request.user)
        return of_patient(rows, self.request, "patient") if self.action == "list" else rows

    def retrieve(self, request: Request, pk: str) -> Response:
        assert isinstance(request.user, User)
        program: Any = open_home_program(int(pk), by=request.user)
        today = timezone.localdate(timezone=program.patient.clinic.zone)
        program.how = home_answers.adherence_of(program, today=today)
        return Response(HomeProgramWithAnswersSerializer(program).data)


routes = [("home-programs", HomeProgramViewSet, "home-program")]
