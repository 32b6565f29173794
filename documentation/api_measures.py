"""Results of outcome measures over /api/v1/: the same verbs the pages call."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from documentation import charting, measuring
from documentation.access import open_result
from documentation.api_rows import OF_A_PATIENT, Rows, user_of
from documentation.models import Episode, MeasureResult, Visit
from documentation.rules import measures
from documentation.rules.scoring import NotScored
from people.access import CLINICAL, find_visible
from web.api import Conflict


class ResultSerializer(serializers.ModelSerializer[MeasureResult]):
    patient = serializers.IntegerField(source="episode.patient_id", read_only=True)
    series = serializers.CharField(source="series.key", read_only=True)
    label = serializers.CharField(source="series.label", read_only=True)  # type: ignore[assignment]
    unit = serializers.CharField(source="series.measure.unit", read_only=True)
    better = serializers.CharField(source="series.better", read_only=True)
    stands = serializers.SerializerMethodField(
        help_text="Neither corrected by a later result nor withdrawn."
    )

    class Meta:
        model = MeasureResult
        fields = (
            "id",
            "patient",
            "episode",
            "visit",
            "series",
            "label",
            "unit",
            "better",
            "taken_on",
            "value",
            "special",
            "answers",
            "conditions",
            "remark",
            "origin",
            "corrects",
            "is_withdrawn",
            "why",
            "stands",
            "recorded_at",
            "recorder_name",
        )

    def get_stands(self, result: MeasureResult) -> bool:
        return not result.is_withdrawn and not hasattr(result, "corrected_by")


class AnswersSerializer(serializers.Serializer[Any]):
    """What was entered. `answers` by the measure's way: {"total": 44}, {"items": […]},
    {"parts": {…}}, {"trials": […]}, {"distance": 10, "trials": […]},
    {"activities": [{"name": …, "rating": …}]}."""

    series = serializers.ChoiceField(choices=sorted(measures.all_series()))
    taken_on = serializers.DateField()
    answers = serializers.DictField(default=dict)
    special = serializers.CharField(default="", allow_blank=True, max_length=20)
    conditions = serializers.DictField(default=dict)
    remark = serializers.CharField(default="", allow_blank=True, max_length=200)


class NewResultSerializer(AnswersSerializer):
    episode = serializers.IntegerField(min_value=1)
    visit = serializers.IntegerField(min_value=1, required=False, allow_null=True)


class CorrectionSerializer(AnswersSerializer):
    why = serializers.CharField(max_length=200)


class WithdrawSerializer(serializers.Serializer[Any]):
    why = serializers.CharField(max_length=200)


@OF_A_PATIENT
class MeasureResultViewSet(Rows):
    """Results of outcome measures. They never change: a correction is a later result."""

    queryset = MeasureResult.objects.select_related("episode", "corrected_by")
    serializer_class = ResultSerializer
    http_method_names = ["get", "post", "head", "options"]
    path_to_patient = "episode__patient"
    access_rules = {"create": CLINICAL, "correct": CLINICAL, "withdraw": CLINICAL}

    def retrieve(self, request: Request, pk: str) -> Response:
        self.get_object()
        return Response(ResultSerializer(open_result(int(pk), by=user_of(request))).data)

    @extend_schema(request=NewResultSerializer, responses={201: ResultSerializer})
    def create(self, request: Request) -> Response:
        """Keep a result. Sent twice, the same result answers."""
        asked = NewResultSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        values = dict(asked.validated_data)
        user = user_of(request)
        episode = find_visible(Episode.objects.all(), values.pop("episode"), by=user)
        visit_id = values.pop("visit", None)
        visit = find_visible(Visit.objects.all(), visit_id, by=user) if visit_id else None
        row = _said_kindly(
            measuring.record,
            episode=episode,
            visit=visit,
            by=user,
            **values | {"series": measures.series(values["series"])},
        )
        return Response(ResultSerializer(row).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=CorrectionSerializer, responses={201: ResultSerializer})
    @action(detail=True, methods=["post"])
    def correct(self, request: Request, pk: str) -> Response:
        """Replace the result by a later one."""
        result = self.get_object()
        asked = CorrectionSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        values = dict(asked.validated_data)
        row = _said_kindly(
            measuring.correct,
            result=result,
            by=user_of(request),
            **values | {"series": measures.series(values["series"])},
        )
        return Response(ResultSerializer(row).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=WithdrawSerializer, responses={201: ResultSerializer})
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """Say that there should have been no result."""
        result = self.get_object()
        asked = WithdrawSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        row = _said_kindly(
            measuring.withdraw, result=result, by=user_of(request), **asked.validated_data
        )
        return Response(ResultSerializer(row).data, status=status.HTTP_201_CREATED)


def _said_kindly(verb: Any, **values: Any) -> MeasureResult:
    """What the verbs refuse, as the API words it."""
    try:
        row: MeasureResult = verb(**values)
    except NotScored as error:
        raise exceptions.ValidationError(
            {name: [text] for name, text in error.errors.items()}
        ) from None
    except charting.AlreadySigned as error:
        raise Conflict(str(error), code="already_signed") from None
    except measuring.AlreadyCorrected:
        raise Conflict(
            "This result was corrected already: correct the later one.", code="already_corrected"
        ) from None
    return row


routes = [("measure-results", MeasureResultViewSet, "measure-result")]
