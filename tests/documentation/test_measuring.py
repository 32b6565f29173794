"""Results are written once, corrected by later rows, and never changed."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from documentation import charting, measuring
from documentation.models import CaseGroup, MeasureRequest, MeasureResult
from documentation.rules import measures
from documentation.rules.scoring import NotScored
from people import links
from people.models import AuditEvent, PatientLink
from tests.factories import (
    MONDAY,
    EpisodeFactory,
    MeasureResultFactory,
    NoteFactory,
    UserFactory,
    VisitFactory,
)

pytestmark = pytest.mark.django_db

BERG = measures.series("berg")
WALK = measures.series("10mwt.comfortable")


@pytest.fixture
def by():
    return UserFactory()


@pytest.fixture
def episode():
    return EpisodeFactory()


def record(episode, by, total="44", series=BERG, **values):
    told = {"taken_on": MONDAY, "answers": {"total": total}} | values
    return measuring.record(episode=episode, series=series, by=by, **told)


def last_event():
    event = AuditEvent.objects.latest("pk")
    return event.action, event.actor, event.detail


# --- Recording ----------------------------------------------------------------------------------


def test_a_result_keeps_its_number_what_was_entered_and_who_did(episode, by):
    row = record(
        episode,
        by,
        series=WALK,
        answers={"distance": "6", "trials": ["7.5", "10"]},
        conditions={"device": "cane"},
        remark=" Second trial after a rest ",
    )

    row.refresh_from_db()
    assert (row.measure, row.variant, row.value) == ("10mwt", "comfortable", Decimal("0.7"))
    assert row.answers == {"distance": "6", "trials": ["7.5", "10"]}
    assert (row.conditions, row.remark) == ({"device": "cane"}, "Second trial after a rest")
    assert (row.recorded_by, row.recorder_name, row.said) == (by, str(by), "0.7 m/s")
    assert last_event() == ("measure.recorded", by, {"measure": "10mwt"})


def test_the_same_result_sent_twice_is_there_once_and_another_number_is_another_result(episode, by):
    first = record(episode, by)

    assert record(episode, by) == first
    assert record(episode, by, total="45") != first
    assert MeasureResult.objects.count() == 2


def test_everything_wrong_is_said_at_once_and_nothing_is_written(episode, by):
    with pytest.raises(NotScored) as refused:
        record(
            episode,
            by,
            series=WALK,
            taken_on=dt.date(2199, 1, 1),
            answers={"distance": "", "trials": ["8"]},
            conditions={"device": "horse"},
        )

    assert refused.value.errors == {
        "taken_on": "This day is still to come.",
        "distance": "2 to 50 meters.",
        "device": "Choose one of the list.",
    }
    assert not MeasureResult.objects.exists()


def test_a_result_of_a_visit_has_the_visits_day_and_its_case(by):
    visit = NoteFactory().visit

    row = record(visit.episode, by, visit=visit, taken_on=dt.date(2026, 1, 1))

    assert (row.visit, row.taken_on) == (visit, visit.date_of_service)
    with pytest.raises(NotScored):
        record(EpisodeFactory(), by, visit=visit)


def test_nothing_is_measured_in_a_visit_whose_note_is_signed(by):
    note = NoteFactory(
        signed_by=by, signed_at=dt.datetime(2026, 3, 2, tzinfo=dt.UTC), content_sha256="x"
    )

    with pytest.raises(charting.AlreadySigned):
        record(note.visit.episode, by, visit=note.visit)
    with pytest.raises(DatabaseError, match="the note of this visit is signed"):
        MeasureResultFactory(episode=note.visit.episode, visit=note.visit)


def test_could_not_do_it_is_a_result_without_a_number(episode, by):
    row = record(episode, by, series=measures.series("tug"), answers={}, special="unable")

    assert (row.value, row.said) == (None, "Could not do it")


# --- Never changed ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "act",
    [
        lambda row: MeasureResult.objects.filter(pk=row.pk).update(value=50),
        lambda row: MeasureResult.objects.filter(pk=row.pk).delete(),
    ],
)
def test_the_database_refuses_to_change_or_delete_a_result(act):
    row = MeasureResultFactory()

    with pytest.raises(DatabaseError, match="a result never changes"), transaction.atomic():
        act(row)

    row.refresh_from_db()
    assert row.value == 44


def test_a_correction_is_a_later_row_and_the_old_one_stays(episode, by):
    wrong = record(episode, by, total="54")

    right = measuring.correct(
        result=wrong,
        series=BERG,
        taken_on=MONDAY,
        answers={"total": "45"},
        why="Typed the  wrong digit",
        by=by,
    )

    wrong.refresh_from_db()
    assert (wrong.value, right.value, right.why) == (54, 45, "Typed the wrong digit")
    assert list(MeasureResult.objects.all().standing()) == [right]
    assert last_event() == ("measure.corrected", by, {"measure": "berg", "corrects": wrong.pk})


def test_a_result_is_corrected_once_and_then_its_correction_is(episode, by):
    wrong = record(episode, by)
    measuring.withdraw(result=wrong, why="Another patient", by=by)

    with pytest.raises(measuring.AlreadyCorrected):
        measuring.withdraw(result=wrong, why="Again", by=by)
    with pytest.raises(measuring.AlreadyCorrected):
        measuring.withdraw(result=MeasureResult.objects.latest("pk"), why="Undo", by=by)
    assert not MeasureResult.objects.all().standing().exists()


def test_a_correction_says_why_and_stays_with_its_measure(episode, by):
    row = record(episode, by)

    with pytest.raises(NotScored) as silent:
        measuring.withdraw(result=row, why="  ", by=by)
    with pytest.raises(NotScored) as strange:
        measuring.correct(
            result=row, series=WALK, taken_on=MONDAY, answers={}, why="Other test", by=by
        )

    assert silent.value.errors == {"why": "Say why."}
    assert list(strange.value.errors) == ["series"]
    assert list(MeasureResult.objects.all().standing()) == [row]


def test_the_database_ties_a_correction_to_its_case_and_measure():
    row = MeasureResultFactory()

    for other in (
        {"measure": "fga", "value": 20, "episode": row.episode},
        {"episode": EpisodeFactory()},
    ):
        with pytest.raises(DatabaseError, match="belongs to the case"), transaction.atomic():
            MeasureResultFactory(corrects=row, why="Mistyped", **other)


@pytest.mark.parametrize(
    "values",
    [
        {"value": None},
        {"is_withdrawn": True, "value": None},
        {"why": "for no reason"},
        {"recorded_by": None},
        {"origin": "patient"},
    ],
)
def test_the_database_refuses_a_row_that_contradicts_itself(values):
    with pytest.raises(IntegrityError), transaction.atomic():
        MeasureResultFactory(answers={}, **values)


# --- Whom to compare with -----------------------------------------------------------------------


def test_the_therapists_word_on_the_group_stands_until_taken_back(episode, by):
    measuring.choose_group(episode=episode, group="stroke_chronic", by=by)
    measuring.choose_group(episode=episode, group="stroke_chronic", by=by)
    measuring.choose_group(episode=episode, group="balance", by=by)
    chosen = [str(row) for row in CaseGroup.objects.all()]
    measuring.choose_group(episode=episode, group="", by=by)

    assert chosen == ["Balance disorder of any kind"]
    assert not CaseGroup.objects.exists()
    assert AuditEvent.objects.filter(action="case.group_chosen").count() == 3


# --- Asking the patient -------------------------------------------------------------------------

PSFS, PAIN = measures.series("psfs"), measures.series("pain.now")
ANSWERS = {
    "psfs": {"activities": [{"name": "Stairs", "rating": "4"}]},
    "pain.now": {"total": "3"},
}


def asked(episode, by, series=(PSFS, PAIN)):
    return measuring.ask(episode=episode, series=series, days=7, by=by)


def test_a_patient_is_asked_only_what_is_ours_to_ask(episode, by):
    request = asked(episode, by, series=[BERG, PSFS])

    assert request.series == ["psfs"]
    with pytest.raises(measuring.NothingToAsk):
        asked(episode, by, series=[BERG])


def test_a_new_request_closes_the_one_before(episode, by):
    first = asked(episode, by)
    second = asked(episode, by)

    first, second = (MeasureRequest.objects.get(pk=row.pk) for row in (first, second))
    assert (first.is_open, second.is_open) == (False, True)


def test_what_the_patient_answers_is_written_once_and_closes_the_link(episode, by):
    request = asked(episode, by)

    rows = measuring.answer(link=request.link, answers=ANSWERS)

    assert [(row.measure, row.said, row.origin, row.recorded_by) for row in rows] == [
        ("psfs", "4 pt", "patient", None),
        ("pain", "3 pt", "patient", None),
    ]
    with pytest.raises(links.LinkUsed):
        measuring.answer(link=request.link, answers=ANSWERS)
    assert MeasureResult.objects.count() == 2


def test_one_wrong_answer_writes_none_and_leaves_the_link_open(episode, by):
    request = asked(episode, by)

    with pytest.raises(NotScored) as refused:
        measuring.answer(link=request.link, answers=ANSWERS | {"pain.now": {"total": "12"}})

    assert refused.value.errors == {"pain.now:total": "This measure goes from 0 to 10 pt."}
    assert not MeasureResult.objects.exists()
    assert PatientLink.objects.get().used_at is None


def test_a_request_taken_back_cannot_be_answered(episode, by):
    request = asked(episode, by)
    measuring.take_back(request=request, by=by)
    measuring.take_back(request=request, by=by)

    with pytest.raises(links.LinkRevoked):
        measuring.answer(link=request.link, answers=ANSWERS)
    assert AuditEvent.objects.filter(action="measure.ask_taken_back").count() == 1


# --- Who sees it --------------------------------------------------------------------------------


def test_results_are_seen_by_who_sees_the_case(by):
    here, there = MeasureResultFactory(), MeasureResultFactory()
    insider = UserFactory(roles=["therapist"], clinics=[here.episode.patient.clinic])

    assert list(MeasureResult.objects.all().visible_to(insider)) == [here]
    assert there in MeasureResult.objects.all().visible_to(UserFactory(roles=["owner"]))


def test_a_visit_of_no_case_takes_no_result(by):
    visit = VisitFactory()
    NoteFactory(visit=visit)
    other = EpisodeFactory(patient=visit.patient)

    with pytest.raises(NotScored):
        record(other, by, visit=visit)
