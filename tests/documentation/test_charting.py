"""Logging services until the note is signed, and what is missing before it can be."""

import pytest
from django.utils import timezone

from documentation import charting
from documentation.models import Draft, Note, ServiceEntry, TimedEntry
from people.models import AuditEvent
from tests.documentation.rules.entries import WHOLE
from tests.factories import (
    AssistantFactory,
    ClinicFactory,
    EpisodeDiagnosisFactory,
    GoalFactory,
    NoteFactory,
    ProcedureCodeFactory,
    TimedEntryFactory,
    VisitFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def codes():
    ProcedureCodeFactory(code="97110")
    ProcedureCodeFactory(code="97112", label="Neuromuscular re-education")
    ProcedureCodeFactory(
        code="97161", label="PT evaluation", kind="evaluation", timed=False, minutes_per_unit=None
    )


@pytest.fixture
def visit():
    visit = VisitFactory(episode__clinic=ClinicFactory(name="Riverside"))
    NoteFactory(visit=visit)
    return visit


def sign(visit):
    """As signing leaves it; what it checks on the way is tested with it."""
    Note.objects.filter(visit=visit).update(
        signed_at=timezone.now(), signed_by=visit.therapist.user, content_sha256="0" * 64
    )


# --- Logging ------------------------------------------------------------------------------------


def test_time_is_recorded_and_stands_on_the_page(visit):
    goal = GoalFactory(episode=visit.episode)

    entry = charting.record_time(
        visit=visit,
        code="97110",
        minutes=20,
        goal=goal,
        narrative="Leg press 3 x 10",
        by=visit.therapist.user,
    )

    visit.refresh_from_db()
    assert (entry.code_id, entry.minutes, entry.goal, entry.narrative, entry.position) == (
        "97110",
        20,
        goal,
        "Leg press 3 x 10",
        1,
    )
    assert visit.total_treatment_minutes == 20
    assert (visit.draft.version, visit.draft.content["entries"]) == (
        1,
        [
            {
                "key": str(entry.key),
                "code": "97110",
                "minutes": 20,
                "assistant_minutes": 0,
                "goal": goal.pk,
                "details": {},
                "narrative": "Leg press 3 x 10",
                "narrative_is_own": True,
            }
        ],
    )


def test_a_97112_entry_gets_its_sentences_composed(visit):
    entry = charting.record_time(
        visit=visit,
        code="97112",
        minutes=15,
        details={"purposes": ["timing"]},
        by=visit.therapist.user,
    )

    assert (entry.narrative, entry.narrative_is_own) == ("For timing. 15 min one-on-one.", False)


def test_own_words_are_kept_when_the_details_change(visit):
    by = visit.therapist.user
    entry = charting.record_time(
        visit=visit, code="97112", minutes=15, details=WHOLE, narrative="My words.", by=by
    )

    entry = charting.change_entry(entry=entry, details={"purposes": ["timing"]}, by=by)

    assert (entry.narrative, entry.narrative_is_own) == ("My words.", True)


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({"minutes": -1}, {"minutes": "Minutes start at 1."}),
        ({"minutes": 0}, {"minutes": "Minutes start at 1."}),
        ({"minutes": 1441}, {"minutes": "A day has 1,440 minutes."}),
        ({"minutes": "lots"}, {"minutes": "Write whole minutes, such as 15."}),
        ({"code": "97999"}, {"code": "97999 is not a code we know."}),
        ({"code": "97161"}, {"code": "97161 is untimed: record it as a service."}),
        ({"goal": 999}, {"goal": "This goal is not of this case."}),
        (
            {"assistant_minutes": 5},
            {"assistant_minutes": "No assistant treats in this visit."},
        ),
        (
            {"code": "97112", "details": {"purposes": ["fame"]}},
            {"details.purposes": "Choose from the list."},
        ),
    ],
)
def test_time_that_cannot_be_is_refused_and_nothing_is_written(visit, typed, errors):
    with pytest.raises(charting.EntryRefused) as refused:
        charting.record_time(
            **{"visit": visit, "code": "97110", "minutes": 20, "by": visit.therapist.user} | typed
        )

    assert refused.value.errors == errors
    assert (TimedEntry.objects.count(), Draft.objects.count()) == (0, 0)


def test_a_code_no_longer_in_use_is_refused(visit):
    ProcedureCodeFactory(code="97900", is_active=False)

    with pytest.raises(charting.EntryRefused) as refused:
        charting.record_time(visit=visit, code="97900", minutes=20, by=visit.therapist.user)

    assert refused.value.errors == {"code": "97900 is no longer in use."}


def test_a_timed_code_is_not_recorded_as_a_service(visit):
    with pytest.raises(charting.EntryRefused) as refused:
        charting.record_service(visit=visit, code="97110", minutes=20, by=visit.therapist.user)

    assert refused.value.errors == {"code": "97110 is timed: record its minutes."}


def test_an_untimed_code_stands_once_in_a_visit(visit):
    by = visit.therapist.user
    service = charting.record_service(visit=visit, code="97161", by=by)

    with pytest.raises(charting.EntryRefused) as refused:
        charting.record_service(visit=visit, code="97161", by=by)

    assert refused.value.errors == {"code": "97161 stands once in a visit."}
    assert list(ServiceEntry.objects.all()) == [service]


def test_a_day_has_24_hours_over_all_visits_of_the_patient(visit):
    other = VisitFactory(episode=visit.episode)
    TimedEntryFactory(visit=other, minutes=1430)
    elsewhere = VisitFactory()
    TimedEntryFactory(visit=elsewhere, minutes=1430)
    by = visit.therapist.user

    with pytest.raises(charting.EntryRefused) as refused:
        charting.record_time(visit=visit, code="97110", minutes=11, by=by)
    entry = charting.record_time(visit=visit, code="97110", minutes=10, by=by)

    assert refused.value.errors == {
        "minutes": "The patient's services of this day come to more than 24 hours."
    }
    assert entry.minutes == 10


def test_the_assistants_minutes_are_part_of_the_service():
    assistant = AssistantFactory()
    visit = VisitFactory(therapist=assistant.supervisor, assistant=assistant)
    NoteFactory(visit=visit)

    entry = charting.record_time(
        visit=visit, code="97112", minutes=20, assistant_minutes=5, by=assistant.user,
        details={"purposes": ["timing"]},
    )  # fmt: skip
    with pytest.raises(charting.EntryRefused) as refused:
        charting.change_entry(entry=entry, assistant_minutes=21, by=assistant.user)

    assert entry.narrative == f"For timing. 20 min one-on-one, 5 of them by {assistant}."
    assert refused.value.errors == {
        "assistant_minutes": "The assistant's minutes are part of the service's 20."
    }


def test_a_changed_entry_keeps_what_was_not_named_and_its_row(visit):
    by = visit.therapist.user
    entry = charting.record_time(
        visit=visit, code="97110", minutes=20, narrative="Leg press", by=by
    )

    changed = charting.change_entry(entry=entry, minutes=25, by=by)

    assert (changed.pk, changed.minutes, changed.narrative) == (entry.pk, 25, "Leg press")
    assert Draft.objects.get().version == 2


def test_what_is_no_field_of_an_entry_is_not_changed(visit):
    entry = charting.record_time(visit=visit, code="97110", minutes=20, by=visit.therapist.user)

    with pytest.raises(charting.EntryRefused) as refused:
        charting.change_entry(entry=entry, code="97112", by=visit.therapist.user)

    assert refused.value.errors == {"code": "This cannot be changed."}


def test_a_removed_entry_is_gone_from_rows_and_page(visit):
    by = visit.therapist.user
    stays = charting.record_time(visit=visit, code="97110", minutes=20, by=by)
    goes = charting.record_service(visit=visit, code="97161", by=by)

    charting.remove_entry(entry=goes, by=by)

    assert (list(TimedEntry.objects.all()), list(ServiceEntry.objects.all())) == ([stays], [])
    assert [row["key"] for row in Draft.objects.get().content["entries"]] == [str(stays.key)]


def test_half_typed_entries_stay_on_the_page_when_a_program_logs_time(visit):
    key = "0d9b6a3e-5c1f-4a77-9f39-2b8d1d3a0001"
    half = {"key": key, "code": "97110", "minutes": "twe"}
    Draft.objects.create(visit=visit, version=1, content={"note": {}, "entries": [half]})

    entry = charting.record_time(visit=visit, code="97112", minutes=15, by=visit.therapist.user)

    rows = Draft.objects.get().content["entries"]
    assert [row["key"] for row in rows] == [key, str(entry.key)]
    assert rows[0] == half


@pytest.mark.parametrize("act", ["record_time", "record_service", "change", "remove"])
def test_nothing_is_logged_once_the_note_is_signed(visit, act):
    by = visit.therapist.user
    entry = charting.record_time(visit=visit, code="97110", minutes=20, by=by)
    sign(visit)
    acts = {
        "record_time": lambda: charting.record_time(visit=visit, code="97110", minutes=5, by=by),
        "record_service": lambda: charting.record_service(visit=visit, code="97161", by=by),
        "change": lambda: charting.change_entry(entry=entry, minutes=5, by=by),
        "remove": lambda: charting.remove_entry(entry=entry, by=by),
    }

    with pytest.raises(charting.AlreadySigned):
        acts[act]()

    assert list(TimedEntry.objects.values_list("minutes", flat=True)) == [20]


def test_each_act_writes_one_line_without_anything_clinical(visit):
    by = visit.therapist.user
    entry = charting.record_time(
        visit=visit, code="97110", minutes=20, narrative="Fell at home", by=by
    )
    charting.change_entry(entry=entry, minutes=25, by=by)
    charting.remove_entry(entry=entry, by=by)

    events = AuditEvent.objects.filter(target_type="documentation.visit").order_by("pk")
    assert [(event.action, event.patient, event.detail) for event in events] == [
        ("service.logged", visit.patient, {"code": "97110"}),
        ("service.changed", visit.patient, {"code": "97110"}),
        ("service.removed", visit.patient, {"code": "97110"}),
    ]


# --- Ready to sign ------------------------------------------------------------------------------


def test_an_empty_visit_says_all_that_it_lacks(visit):
    found = charting.missing_for_signing(visit)

    assert [finding.path for finding in found if finding.is_required] == [
        "entries",
        "note.assessment",
        "episode",
    ]


def test_a_complete_visit_lacks_nothing(visit):
    EpisodeDiagnosisFactory(episode=visit.episode)
    goal = GoalFactory(episode=visit.episode, text="Walk 300 m outdoors")
    Note.objects.filter(visit=visit).update(assessment="Steadier.", plan="Go on.")

    charting.record_time(
        visit=visit, code="97112", minutes=15, details=WHOLE, goal=goal, by=visit.therapist.user
    )

    assert charting.missing_for_signing(visit) == []


def test_what_is_half_typed_on_the_page_keeps_the_note_from_being_signed(visit):
    EpisodeDiagnosisFactory(episode=visit.episode)
    key = "0d9b6a3e-5c1f-4a77-9f39-2b8d1d3a0001"
    entry = {"key": key, "code": "97110", "minutes": "twe", "narrative": "Leg press"}
    note = {"kind": "daily", "assessment": "Steadier.", "plan": "Go on."}
    content = {"note": note, "entries": [entry], "total_treatment_minutes": 20}
    Draft.objects.create(visit=visit, version=1, content=content)

    found = charting.missing_for_signing(visit)

    assert [(f.path, f.message) for f in found if f.is_required] == [
        (f"entries.{key}.minutes", "Write whole minutes, such as 15.")
    ]
