"""What was measured on its day stands in the note, with its sources, and stays as signed."""

import datetime as dt

import pytest
from django.template.loader import render_to_string

from documentation import frozen, measure_note
from documentation.models import Visit
from tests.factories import (
    MONDAY,
    EpisodeDiagnosisFactory,
    EpisodeFactory,
    MeasureResultFactory,
    NoteFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def note():
    episode = EpisodeFactory(onset_on=MONDAY - dt.timedelta(days=300))
    EpisodeDiagnosisFactory(episode=episode)
    MeasureResultFactory(episode=episode, value=40, taken_on=MONDAY - dt.timedelta(days=14))
    return NoteFactory(visit__episode=episode)


def test_the_results_of_the_day_are_frozen_with_change_and_sources(note):
    row = MeasureResultFactory(episode=note.visit.episode, value=45)

    assert frozen.content_of(note)["measures"] == [
        {
            "id": row.pk,
            "name": "Berg Balance Scale",
            "result": "45 pt",
            "baseline": "40 pt",
            "baseline_on": "2026-02-16",
            "verdict": "Better by more than measurement error (MDC95 2.7).",
            "sources": ["MDC95 2.7: chronic stroke, n=56; Alghadir 2018, PMC6136166"],
            "by_patient": False,
        }
    ]


def test_another_day_and_what_comes_later_are_left_out(note):
    MeasureResultFactory(
        episode=note.visit.episode, value=50, taken_on=MONDAY + dt.timedelta(days=1)
    )

    assert frozen.content_of(note)["measures"] == []


def test_the_note_prints_results_verdict_and_source(note):
    MeasureResultFactory(episode=note.visit.episode, value=45)
    content = frozen.as_read(frozen.content_of(note))

    printed = render_to_string("documentation/_note_body.html", {"content": content})

    assert "Outcome measures" in printed
    assert "45 pt" in printed
    assert "40 pt, Feb 16, 2026" in printed
    assert "Alghadir 2018" in printed


@pytest.mark.parametrize("count", [1, 3])
def test_queries_do_not_grow_with_results(note, django_assert_num_queries, count):
    for value in range(41, 41 + count):
        MeasureResultFactory(episode=note.visit.episode, value=value)
    visit = Visit.objects.select_related("episode__patient").get(pk=note.visit.pk)

    with django_assert_num_queries(3):  # diagnoses, results, group
        assert len(measure_note.frozen(visit)) == count
