"""The session page as typed: kept whole, applied where valid, never overwritten in silence."""

import datetime as dt
from functools import partial

import pytest
from django.utils import timezone

from documentation import charting, drafts
from documentation.models import Draft, Note, ServiceEntry, TimedEntry
from documentation.rules.session import NotASession
from people.models import AuditEvent
from tests.at_once import all_at_once
from tests.documentation.rules.entries import WHOLE
from tests.factories import (
    AssistantFactory,
    EpisodeFactory,
    GoalFactory,
    NoteFactory,
    ProcedureCodeFactory,
    UserFactory,
    VisitFactory,
)

pytestmark = pytest.mark.django_db

KEY = "0d9b6a3e-5c1f-4a77-9f39-2b8d1d3a0001"
OTHER = "0d9b6a3e-5c1f-4a77-9f39-2b8d1d3a0002"


@pytest.fixture(autouse=True)
def codes():
    ProcedureCodeFactory(code="97110")
    ProcedureCodeFactory(code="97112", label="Neuromuscular re-education")
    ProcedureCodeFactory(
        code="97161", label="PT evaluation", kind="evaluation", timed=False, minutes_per_unit=None
    )
    ProcedureCodeFactory(
        code="97010", label="Heat or ice", kind="modality", timed=False, minutes_per_unit=None
    )


def new_visit(**values):
    visit = VisitFactory(**values)
    NoteFactory(visit=visit)
    return visit


@pytest.fixture
def visit():
    return new_visit()


def entry(code="97110", minutes=20, key=KEY, **more):
    return {"key": key, "code": code, "minutes": minutes} | more


def page(*entries, **more):
    return {"note": {}, "entries": list(entries)} | more


def save(visit, content, base=0, by=None):
    return drafts.save_draft(
        visit=visit, content=content, base_version=base, by=by or visit.therapist.user
    )


def sign(visit):
    Note.objects.filter(visit=visit).update(
        signed_at=timezone.now(), signed_by=visit.therapist.user, content_sha256="0" * 64
    )


# --- Saving -------------------------------------------------------------------------------------


def test_a_save_keeps_the_page_and_writes_the_rows(visit):
    goal = GoalFactory(episode=visit.episode)
    content = page(
        entry("97112", "15", goal=goal.pk, details={"purposes": ["timing"]}),
        entry("97161", None, key=OTHER, narrative="Low complexity"),
        note={"kind": "daily", "assessment": "Steadier.", "plan": ""},
        total_treatment_minutes="50",
    )

    state = save(visit, content)

    visit.refresh_from_db()
    timed, service = TimedEntry.objects.get(), ServiceEntry.objects.get()
    assert (visit.draft.content, visit.draft.version) == (content, 1)
    assert (str(timed.key), timed.code_id, timed.minutes, timed.goal, timed.narrative) == (
        KEY,
        "97112",
        15,
        goal,
        f"For timing, toward the goal “{goal.text}”. 15 min one-on-one.",
    )
    assert (str(service.key), service.minutes, service.narrative, service.position) == (
        OTHER,
        None,
        "Low complexity",
        2,
    )
    assert (visit.note.assessment, visit.total_treatment_minutes) == ("Steadier.", 50)
    assert (state.version, state.timed_minutes, state.composed) == (1, 15, {KEY: timed.narrative})


def test_a_wrong_field_is_kept_as_typed_named_and_costs_nothing_else(visit):
    content = page(
        entry("97110", "minus five", narrative="Leg press"),
        entry("97112", 15, key=OTHER),
        note={"assessment": "Steadier."},
    )

    state = save(visit, content)

    assert state.errors == {f"entries.{KEY}.minutes": "Write whole minutes, such as 15."}
    assert Draft.objects.get().content["entries"][0]["minutes"] == "minus five"
    assert list(TimedEntry.objects.values_list("code", "minutes")) == [("97112", 15)]
    assert Note.objects.get().assessment == "Steadier."


def test_a_service_whose_minutes_become_wrong_is_no_service_until_they_are_right(visit):
    save(visit, page(entry(minutes=20)))

    save(visit, page(entry(minutes="")), base=1)
    without_minutes = TimedEntry.objects.count()
    save(visit, page(entry(minutes=25)), base=2)

    assert without_minutes == 0
    assert TimedEntry.objects.get().minutes == 25


def test_a_field_in_error_keeps_the_value_it_had(visit):
    save(visit, page(note={"plan": "Go on."}, total_treatment_minutes=40))

    save(visit, page(note={"plan": "x" * 20_001}, total_treatment_minutes="x"), base=1)

    visit.refresh_from_db()
    assert (visit.note.plan, visit.total_treatment_minutes) == ("Go on.", 40)


def test_unchanged_rows_are_not_touched(visit):
    save(visit, page(entry(), entry("97112", 15, key=OTHER)))
    before = list(TimedEntry.objects.order_by("pk").values_list("pk", "key", "minutes"))

    save(visit, page(entry(), entry("97112", 16, key=OTHER)), base=1)

    after = list(TimedEntry.objects.order_by("pk").values_list("pk", "key", "minutes"))
    assert [row[:2] for row in after] == [row[:2] for row in before]
    assert [row[2] for row in after] == [20, 16]


@pytest.mark.parametrize("count", [1, 12])
def test_a_save_costs_the_same_queries_for_any_number_of_services(
    visit, django_assert_num_queries, count
):
    rows = [
        entry("97112", 5, key=f"{KEY[:-2]}{number:02d}", details=WHOLE) for number in range(count)
    ]
    save(visit, page())

    with django_assert_num_queries(29):
        save(visit, page(*rows), base=1)

    assert TimedEntry.objects.count() == count


def test_removing_a_card_removes_its_row(visit):
    save(visit, page(entry(), entry("97161", 30, key=OTHER)))

    save(visit, page(entry("97161", 30, key=OTHER)), base=1)

    assert (TimedEntry.objects.count(), ServiceEntry.objects.count()) == (0, 1)


def test_a_card_may_change_its_code_to_an_untimed_one(visit):
    save(visit, page(entry("97110", 20)))

    save(visit, page(entry("97010", 20)), base=1)

    assert (TimedEntry.objects.count(), ServiceEntry.objects.get().code_id) == (0, "97010")


def test_the_assistant_and_the_case_are_chosen_on_the_page(visit):
    assistant = AssistantFactory(user__clinics=[visit.clinic])
    other_case = EpisodeFactory(patient=visit.patient, title="Shoulder")
    goal = GoalFactory(episode=other_case)

    state = save(
        visit,
        page(
            entry(assistant_minutes=5, goal=goal.pk), assistant=assistant.pk, episode=other_case.pk
        ),
    )

    visit.refresh_from_db()
    assert (state.errors, visit.assistant, visit.episode) == ({}, assistant, other_case)
    assert TimedEntry.objects.get().assistant_minutes == 5


def test_an_assistant_of_another_clinic_or_discipline_is_refused(visit):
    elsewhere = AssistantFactory()
    other_kind = AssistantFactory(credential="OTA", user__clinics=[visit.clinic])

    errors = [
        save(visit, page(assistant=person.pk), base=base).errors
        for base, person in enumerate([elsewhere, other_kind])
    ]

    visit.refresh_from_db()
    assert errors == [{"assistant": "Choose an assistant who works here."}] * 2
    assert visit.assistant is None


def test_another_patients_case_is_refused(visit):
    stranger = EpisodeFactory()

    state = save(visit, page(episode=stranger.pk))

    assert state.errors == {"episode": "Choose a case of this patient."}


@pytest.mark.parametrize(
    "text", ["José Ñandú 🦵 très bien", "日本語", "tab\tand\nline", "a\x00b", "half \ud800 pair"]
)
def test_any_text_that_can_be_typed_can_be_saved(visit, text):
    save(visit, page(note={"subjective": text}))

    kept = text.replace("\x00", "").replace("\ud800", "?")
    assert Note.objects.get().subjective == kept
    assert Draft.objects.get().content["note"]["subjective"] == kept


def test_more_than_a_note_can_hold_is_refused_whole(visit):
    save(visit, page(note={"plan": "Go on."}))

    with pytest.raises(drafts.DraftTooLarge):
        save(visit, page(note={"plan": "x" * 5_000_000}), base=1)

    assert (Draft.objects.get().version, Note.objects.get().plan) == (1, "Go on.")


def test_what_is_no_page_writes_nothing(visit):
    with pytest.raises(NotASession):
        save(visit, {"note": {"plan": "Go on."}, "entries": [{"key": "1"}]})

    assert (Draft.objects.count(), Note.objects.get().plan) == (0, "")


def test_a_failure_half_way_leaves_everything_as_it_was(visit, monkeypatch):
    def fails(**kwargs):
        raise RuntimeError

    save(visit, page(entry(minutes=20)))
    monkeypatch.setattr(drafts.audit, "record", fails)

    with pytest.raises(RuntimeError):
        save(visit, page(entry(minutes=30)), base=1, by=UserFactory())

    assert (Draft.objects.get().version, TimedEntry.objects.get().minutes) == (1, 20)


def test_nothing_is_saved_once_the_note_is_signed(visit):
    save(visit, page(entry(minutes=20)))
    sign(visit)

    with pytest.raises(charting.AlreadySigned):
        save(visit, page(entry(minutes=30)), base=1)

    assert (Draft.objects.get().version, TimedEntry.objects.get().minutes) == (1, 20)


# --- Two at once --------------------------------------------------------------------------------


def test_a_save_built_on_an_older_version_is_refused_with_the_one_that_stands(visit):
    colleague = UserFactory(first_name="Ines", last_name="Moya")
    save(visit, page(note={"plan": "First"}), by=colleague)

    with pytest.raises(drafts.StaleDraft) as stale:
        save(visit, page(note={"plan": "Second"}), base=0)

    assert (stale.value.version, stale.value.content["note"], stale.value.saved_by) == (
        1,
        {"plan": "First"},
        "Ines Moya",
    )
    assert Note.objects.get().plan == "First"


def test_the_same_content_again_after_a_lost_answer_is_no_conflict(visit):
    content = page(entry(minutes=20))
    save(visit, content)

    state = save(visit, content, base=0)

    assert (state.version, Draft.objects.get().version) == (1, 1)


def test_time_logged_by_a_program_makes_the_open_page_stale(visit):
    save(visit, page(note={"plan": "Mine"}))
    charting.record_time(visit=visit, code="97110", minutes=20, by=visit.therapist.user)

    with pytest.raises(drafts.StaleDraft) as stale:
        save(visit, page(note={"plan": "Mine too"}), base=1)

    assert [row["code"] for row in stale.value.content["entries"]] == ["97110"]


@pytest.mark.django_db(transaction=True)
def test_of_two_saves_at_the_same_moment_one_wins_and_the_other_is_told():
    ProcedureCodeFactory(code="97110")
    visit = new_visit()

    def save_plan(plan):
        try:
            save(visit, page(note={"plan": plan}))
        except drafts.StaleDraft as stale:
            return "told", stale.content["note"]["plan"]
        return "saved", plan

    results = all_at_once([partial(save_plan, plan) for plan in ("one", "two")])

    winner = Note.objects.get().plan
    assert sorted(results) == [("saved", winner), ("told", winner)]


# --- The audit ----------------------------------------------------------------------------------


def test_a_stretch_of_writing_is_one_line_in_the_audit_per_person(visit):
    colleague = UserFactory()
    for base, plan in enumerate(["a", "ab", "abc"]):
        save(visit, page(note={"plan": plan}), base=base)
    save(visit, page(note={"plan": "x"}), base=3, by=colleague)
    Draft.objects.update(saved_at=timezone.now() - dt.timedelta(minutes=11))
    save(visit, page(note={"plan": "y"}), base=4, by=colleague)

    events = AuditEvent.objects.filter(action="note.drafted").order_by("pk")
    assert [(event.actor, event.detail) for event in events] == [
        (visit.therapist.user, {"version": 1}),
        (colleague, {"version": 4}),
        (colleague, {"version": 5}),
    ]
