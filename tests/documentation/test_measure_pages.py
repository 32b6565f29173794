"""Outcome measures in the chart and beside a session: entry, corrections, bands, sources."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from documentation import measuring
from documentation.models import CaseGroup, MeasureRequest, MeasureResult
from people.models import Message, Role
from tests.factories import (
    MONDAY,
    EpisodeDiagnosisFactory,
    EpisodeFactory,
    GoalFactory,
    MeasureResultFactory,
    NoteFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def episode():
    """A stroke more than half a year ago."""
    episode = EpisodeFactory(onset_on=MONDAY - dt.timedelta(days=300))
    EpisodeDiagnosisFactory(episode=episode)
    return episode


@pytest.fixture
def therapist(client, episode):
    user = UserFactory(roles=[Role.THERAPIST], clinics=[episode.patient.clinic])
    client.force_login(user)
    return user


def page(client, episode):
    return client.get(reverse("documentation:measures", args=[episode.patient_id])).content.decode()


def new(episode, series=""):
    address = reverse("documentation:measure-new", args=[episode.pk])
    return f"{address}?series={series}" if series else address


def measured(episode, *values, **more):
    return [
        MeasureResultFactory(
            episode=episode, taken_on=MONDAY + dt.timedelta(days=7 * week), value=value, **more
        )
        for week, value in enumerate(values)
    ]


# --- The chart ----------------------------------------------------------------------------------


def test_a_series_shows_its_verdict_its_bands_and_where_they_are_written(
    client, episode, therapist
):
    measured(episode, 40, 45)

    shown = page(client, episode)

    assert "Better by more than measurement error (MDC95 2.7)." in shown
    assert "Alghadir 2018, PMC6136166" in shown
    assert 'class="measure-mdc"' in shown
    assert "45 pt" in shown
    assert "+5" in shown
    assert "Donoghue" in shown  # named, as not checked and not used


def test_one_result_has_no_verdict_and_a_measure_without_a_value_says_so(
    client, episode, therapist
):
    measured(episode, 40)
    measured(episode, 3, 10, measure="sls", variant="left", answers={"trials": ["3"]})

    shown = page(client, episode)

    assert "One result: the next one tells a change." in shown
    assert "No published value fits this patient: no verdict." in shown
    assert 'class="measure-mdc"' not in shown


def test_whom_the_patient_is_compared_with_can_be_chosen(client, episode, therapist):
    measured(episode, 40, 45)
    assert "Compared with: Stroke, more than 6 months ago, then Stroke" in page(client, episode)

    address = reverse("documentation:measure-group", args=[episode.pk])
    client.post(address, {f"case{episode.pk}-group": "parkinsonism"})

    assert CaseGroup.objects.get().group == "parkinsonism"
    shown = page(client, episode)
    assert "Within measurement error (MDC95 5)." in shown
    assert "(chosen by the therapist)" in shown


def test_another_device_than_the_first_time_is_pointed_out(client, episode, therapist):
    tug = {"measure": "tug", "answers": {"trials": ["20"]}}
    measured(episode, 20, conditions={"device": "walker"}, **tug)
    MeasureResultFactory(
        episode=episode, taken_on=MONDAY + dt.timedelta(days=9), value=15,
        conditions={"device": "cane"}, **tug,
    )  # fmt: skip

    assert "Not under the same conditions as the first time: device." in page(client, episode)


def test_other_activities_are_not_compared(client, episode, therapist):
    for day, name in ((0, "Stairs"), (7, "Gardening")):
        MeasureResultFactory(
            episode=episode, measure="psfs", value=4, taken_on=MONDAY + dt.timedelta(days=day),
            answers={"activities": [{"name": name, "rating": "4"}]},
        )  # fmt: skip

    shown = page(client, episode)

    assert "The first and the last result have no number to compare." in shown
    assert "the first time: activities." in shown


def test_an_empty_case_and_a_patient_without_one_say_what_to_do(client, episode, therapist):
    assert "Nothing measured yet" in page(client, episode)

    episode.diagnoses.all().delete()
    episode.delete()

    assert "Open a case" in page(client, episode)


def test_who_only_reads_charts_finds_no_button_to_write(client, episode):
    measured(episode, 40, 45)
    client.force_login(UserFactory(roles=[Role.AUDITOR]))

    shown = page(client, episode)

    assert "45 pt" in shown
    assert "Add a result" not in shown
    assert "Correct" not in shown


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_queries_for_any_number_of_results(
    client, episode, therapist, django_assert_max_num_queries, count
):
    measured(episode, *range(40, 40 + count))
    measured(episode, *range(20, 20 + count), measure="fga")
    GoalFactory(episode=episode)

    with django_assert_max_num_queries(15):
        shown = page(client, episode)

    assert shown.count('<article class="card measure-card"') == 2


# --- Entry --------------------------------------------------------------------------------------


def test_a_measure_is_picked_and_its_result_kept(client, episode, therapist):
    assert "Berg Balance Scale" in client.get(new(episode)).content.decode()

    response = client.post(
        new(episode, "10mwt.comfortable"),
        {"taken_on": "2026-03-02", "distance": "6", "trial1": "7.5", "with_device": "cane"},
    )

    assert response["Location"] == reverse("documentation:measures", args=[episode.patient_id])
    row = MeasureResult.objects.get()
    assert (row.series.key, row.value, row.taken_on) == (
        "10mwt.comfortable",
        Decimal("0.8"),
        MONDAY,
    )
    assert (row.conditions, row.recorded_by) == ({"device": "cane"}, therapist)


def test_items_are_scored_by_number_and_no_item_is_worded(client, episode, therapist):
    items = {f"item{n}": "2" for n in range(1, 15)} | {"item3_right": "1", "item6_right": "2"}

    client.post(new(episode, "minibest"), {"taken_on": "2026-03-02", "total": ""} | items)

    assert MeasureResult.objects.get().value == 27
    form = client.get(new(episode, "minibest")).content.decode()
    assert "Item 3, left" in form
    assert "Item 14" in form


def test_a_wrong_result_is_shown_beside_its_field_and_what_was_typed_stays(
    client, episode, therapist
):
    response = client.post(new(episode, "berg"), {"taken_on": "2026-03-02", "total": "57"})

    assert response.status_code == 422
    assert "This measure goes from 0 to 56 pt." in response.content.decode()
    assert 'value="57"' in response.content.decode()
    assert not MeasureResult.objects.exists()


@pytest.mark.parametrize("series", ["nonsense", "10mwt", "berg.x"])
def test_an_unknown_measure_leads_back_to_the_list(client, episode, therapist, series):
    response = client.get(new(episode, series))

    assert response.status_code == 200
    assert "Go on" in response.content.decode()


# --- Corrections --------------------------------------------------------------------------------


def test_a_correction_replaces_the_result_and_says_so(client, episode, therapist):
    (wrong,) = measured(episode, 54)
    address = reverse("documentation:measure-result", args=[wrong.pk])

    client.post(
        address, {"taken_on": "2026-03-02", "total": "45", "why": "Typed", "act": "correct"}
    )

    assert [row.value for row in MeasureResult.objects.all().standing()] == [45]
    shown = page(client, episode)
    assert "corrected from 54 pt: Typed" in shown
    assert "This result was corrected later" in client.get(address).content.decode()


def test_a_result_is_withdrawn_with_a_reason_only(client, episode, therapist):
    (wrong,) = measured(episode, 54)
    address = reverse("documentation:measure-result", args=[wrong.pk])
    sent = {"taken_on": "2026-03-02", "total": "54", "act": "withdraw"}

    refused = client.post(address, sent | {"why": ""})
    client.post(address, sent | {"why": "Another patient"})

    assert refused.status_code == 422
    assert "Say why." in refused.content.decode()
    assert not MeasureResult.objects.all().standing().exists()
    assert "Nothing measured yet" in page(client, episode)


# --- Beside a session ---------------------------------------------------------------------------


@pytest.fixture
def visit(episode):
    return NoteFactory(
        visit__episode=episode, visit__date_of_service=MONDAY + dt.timedelta(days=7)
    ).visit


def panel(visit, series=""):
    address = reverse("documentation:visit-measures", args=[visit.pk])
    return f"{address}?series={series}" if series else address


def test_the_panel_keeps_a_result_of_the_visit_and_shows_it(client, visit, therapist):
    assert "Nothing measured in this case yet." in client.get(panel(visit)).content.decode()

    response = client.post(panel(visit, "berg"), {"total": "44"})

    row = MeasureResult.objects.get()
    assert (row.visit, row.taken_on, row.value) == (visit, visit.date_of_service, 44)
    assert "today" in response.content.decode()
    assert "Berg Balance Scale: 44 pt" not in response.content.decode()
    assert "Berg: 44 pt" in response["HX-Trigger"]


def test_the_panel_says_what_is_wrong_where_it_was_typed(client, visit, therapist):
    response = client.post(panel(visit, "tug"), {"trial1": "fast"})

    assert response.status_code == 422
    assert "Write a number for each trial." in response.content.decode()


def test_the_activities_of_last_time_are_offered_again(client, visit, therapist):
    MeasureResultFactory(
        episode=visit.episode, measure="psfs", value=4,
        answers={"activities": [{"name": "Stairs", "rating": "4"}]},
    )  # fmt: skip

    shown = client.get(panel(visit, "psfs")).content.decode()

    assert 'value="Stairs"' in shown
    assert 'name="rating1"' in shown


def test_a_visit_without_a_case_asks_for_one(client, visit, therapist):
    visit.episode = None
    visit.save(update_fields=["episode"])

    assert "Choose the case of this visit first" in client.get(panel(visit)).content.decode()


# --- Asking the patient -------------------------------------------------------------------------


def test_the_patient_is_sent_a_link_that_says_nothing_of_the_questions(client, episode, therapist):
    address = reverse("documentation:measure-ask", args=[episode.pk])
    sent = {f"ask{episode.pk}-series": ["psfs", "pain.now"], f"ask{episode.pk}-days": "14"}

    client.post(address, sent)

    message = Message.objects.get()
    assert MeasureRequest.objects.get().series == ["psfs", "pain.now"]
    assert "/measures/" in message.body
    assert "ain" not in message.body.split("http")[0].removeprefix(str(episode.patient.clinic))
    assert "The patient was asked on" in page(client, episode)


def test_nothing_is_asked_without_a_choice_and_a_request_is_taken_back(client, episode, therapist):
    address = reverse("documentation:measure-ask", args=[episode.pk])
    client.post(address, {f"ask{episode.pk}-days": "14"})
    client.post(address, {f"ask{episode.pk}-series": ["berg"], f"ask{episode.pk}-days": "14"})
    assert not MeasureRequest.objects.exists()

    asked = measuring.ask(
        episode=episode, series=measuring.series_for_patients(), days=7, by=therapist
    )
    client.post(reverse("documentation:measure-take-back", args=[asked.pk]))

    assert not MeasureRequest.objects.get().is_open
    assert "The patient was asked on" not in page(client, episode)
