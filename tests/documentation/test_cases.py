"""Cases: their diagnoses in order, their goals, their plans of care and how long they stand."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from documentation import cases, frozen, icd
from documentation.models import Episode, EpisodeDiagnosis, PlanOfCare
from documentation.rules.certification import Validity, validity
from people.models import AuditEvent
from tests.factories import (
    EpisodeDiagnosisFactory,
    EpisodeFactory,
    PatientFactory,
    PlanOfCareFactory,
    TherapistFactory,
    UserFactory,
    VisitFactory,
)

SIGNED = {"signed_by_name": "Dr. Chen", "signed_proof": "Signed fax, in the chart"}
HEMIPLEGIA = (
    "Hemiplegia and hemiparesis following cerebral infarction affecting left non-dominant side"
)


@pytest.fixture
def by(db):
    return UserFactory()


def opened(by, diagnoses=("I69.354",), **values) -> Episode:
    patient = PatientFactory()
    facts = {
        "clinic": patient.clinic,
        "title": "Balance after stroke",
        "therapist": TherapistFactory(),
        "started_on": dt.date(2026, 2, 23),
    }
    return cases.open_episode(patient=patient, diagnoses=diagnoses, by=by, **facts | values)


def diagnoses_of(episode) -> list[tuple[int, str, str]]:
    return list(episode.diagnoses.values_list("position", "code", "label"))


# --- Diagnoses ----------------------------------------------------------------------------------


def test_a_case_keeps_its_diagnoses_in_order_with_their_labels(by):
    episode = opened(by, ["r26.81", "I69354"])

    assert diagnoses_of(episode) == [
        (1, "R26.81", "Unsteadiness on feet"),
        (2, "I69.354", HEMIPLEGIA),
    ]
    event = AuditEvent.objects.latest("pk")
    assert (event.action, event.patient, event.target_id) == (
        "episode.opened",
        episode.patient,
        episode.pk,
    )


def test_a_new_order_a_new_code_and_a_removed_one_are_one_change(by):
    episode = opened(by, ["I69.354", "R26.81", "M62.81"])
    kept = episode.diagnoses.get(code="R26.81").pk

    cases.change_episode(episode=episode, diagnoses=["R26.81", "G20.A1", "I69.354"], by=by)

    connection.check_constraints()
    assert [code for _, code, _ in diagnoses_of(episode)] == ["R26.81", "G20.A1", "I69.354"]
    assert episode.diagnoses.get(code="R26.81").pk == kept
    assert AuditEvent.objects.latest("pk").detail == {"fields": ["diagnoses"]}


def test_saving_the_same_again_writes_nothing(by):
    episode = opened(by, ["I69.354"])
    before = AuditEvent.objects.count()

    cases.change_episode(episode=episode, diagnoses=["I69.354"], title=episode.title, by=by)

    assert AuditEvent.objects.count() == before


@pytest.mark.parametrize(
    ("codes", "problem"),
    [
        ([], "A case needs at least one diagnosis."),
        (["X99.Z"], "There is no ICD-10-CM code X99.Z."),
        (["G35"], "G35 (Multiple sclerosis) is a heading: choose a code beneath it."),
        (
            ["S83.511"],
            "S83.511 (Sprain of anterior cruciate ligament of right knee) is a heading: "
            "choose a code beneath it.",
        ),
        (["R26.81", "R2681"], "R26.81 stands here twice."),
    ],
)
def test_a_diagnosis_that_no_claim_can_carry_is_refused(by, codes, problem):
    with pytest.raises(ValidationError) as caught:
        opened(by, codes)

    assert caught.value.message_dict == {"diagnoses": [problem]}
    assert not Episode.objects.exists()


def test_a_thirteenth_diagnosis_is_refused(by):
    joints = "11 12 21 22 31 32 41 42 51 52 61 62"
    most = [f"M25.{kind}{number}" for kind in "56" for number in joints.split()]

    with pytest.raises(ValidationError, match="24 diagnoses at most"):
        opened(by, [*most, "R26.81"])
    assert opened(by, most).diagnoses.count() == 24


def test_a_code_the_case_already_has_stays_valid_after_its_year(by):
    episode = EpisodeFactory()
    EpisodeDiagnosisFactory(episode=episode, code="G35", label="Multiple sclerosis")

    cases.change_episode(episode=episode, diagnoses=["R26.81", "G35"], by=by)

    assert diagnoses_of(episode) == [
        (1, "R26.81", "Unsteadiness on feet"),
        (2, "G35", "Multiple sclerosis"),
    ]


# --- Facts of the case --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"discharged_on": dt.date(2026, 2, 1)}, "discharged_on"),
        ({"onset_on": dt.date(2026, 3, 1)}, "onset_on"),
        ({"accident": "EM"}, "accident_on"),
        ({"accident": "AA", "accident_on": dt.date(2026, 1, 1)}, "accident_state"),
    ],
)
def test_a_case_whose_facts_contradict_each_other_is_refused_beside_the_field(by, values, field):
    with pytest.raises(ValidationError) as caught:
        opened(by, **values)

    assert list(caught.value.message_dict) == [field]
    assert not Episode.objects.exists()


def test_a_goal_is_added_changed_and_written_down(by):
    episode = EpisodeFactory()

    goal = cases.add_goal(episode=episode, by=by, text="Climb 12 steps", due_on=dt.date(2026, 5, 1))
    cases.change_goal(goal=goal, by=by, met_on=dt.date(2026, 4, 20), text="Climb 12 steps")

    goal.refresh_from_db()
    assert (goal.text, goal.met_on) == ("Climb 12 steps", dt.date(2026, 4, 20))
    assert [(e.action, e.detail) for e in AuditEvent.objects.order_by("pk")] == [
        ("goal.added", {}),
        ("goal.changed", {"fields": ["met_on"]}),
    ]


def test_a_second_plan_that_starts_on_the_same_day_is_refused(by):
    plan = PlanOfCareFactory()

    with pytest.raises(ValidationError):
        cases.add_plan(
            episode=plan.episode,
            by=by,
            starts_on=plan.starts_on,
            frequency_per_week=2,
            duration_weeks=4,
            interventions="Gait training",
        )

    assert PlanOfCare.objects.count() == 1


def test_a_plan_cannot_be_signed_before_it_was_sent(by):
    plan = PlanOfCareFactory(sent_on=dt.date(2026, 3, 2))

    with pytest.raises(ValidationError) as caught:
        cases.change_plan(plan=plan, by=by, signed_on=dt.date(2026, 3, 1), **SIGNED)

    assert list(caught.value.message_dict) == ["signed_on"]


# --- How long a plan stands ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("weeks", "through", "limit"),
    [
        (8, dt.date(2026, 4, 19), "the plan's 8 weeks"),
        (12, dt.date(2026, 5, 17), "the plan's 12 weeks"),
        (13, dt.date(2026, 5, 23), "90 days"),
        (52, dt.date(2026, 5, 23), "90 days"),
    ],
)
def test_a_plan_stands_for_its_weeks_or_90_days_whichever_ends_first(weeks, through, limit):
    monday = dt.date(2026, 2, 23)  # the first of the 90 days, so that 23 May is the last

    found = validity(begins_on=monday, starts_on=monday, duration_weeks=weeks)

    assert found == Validity(through, limit, "CMS Pub. 100-02, ch. 15, § 220.1.3")
    assert (found.covers(through), found.covers(through + dt.timedelta(days=1))) == (True, False)


@pytest.mark.django_db
def test_only_the_first_plan_of_a_case_counts_from_first_treatment():
    episode = EpisodeFactory(started_on=dt.date(2026, 2, 20))
    first = PlanOfCareFactory(episode=episode, starts_on=dt.date(2026, 2, 23), duration_weeks=20)
    second = PlanOfCareFactory(episode=episode, starts_on=dt.date(2026, 5, 20), duration_weeks=20)

    ends = [frozen.validity_of(plan).through for plan in (first, second)]

    assert ends == [dt.date(2026, 5, 20), dt.date(2026, 8, 17)]


@pytest.mark.django_db
def test_the_plan_in_force_on_a_day_is_the_last_that_had_started():
    episode = EpisodeFactory()
    old = PlanOfCareFactory(episode=episode, starts_on=dt.date(2026, 2, 23))
    new = PlanOfCareFactory(episode=episode, starts_on=dt.date(2026, 3, 10))
    days = {dt.date(2026, 2, 22): None, dt.date(2026, 3, 9): old, dt.date(2026, 3, 10): new}

    found = {
        day: frozen.plan_on(VisitFactory(episode=episode, date_of_service=day)) for day in days
    }

    assert found == days


# --- Finding a code -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("I69.35", "I69.351"),
        ("i6935", "I69.351"),
        ("M54.50", "M54.50"),
        ("low back pain", "M54.59"),
        ("Lumbago sciatica left", "M54.42"),
        ("stroke left nondominant hemiplegia", None),
        ("stroke left hemiplegia", "I69.352"),
        ("knee replacement left", "Z96.652"),
        ("frozen shoulder right", "M75.01"),
        ("unsteady gait", "R26.81"),
        ("PARKINSON", "G20.C"),
        ("acl sprain left initial", "S83.512A"),
    ],
)
def test_words_and_codes_find_the_code_a_therapist_means(query, first):
    found = [entry.code for entry in icd.search(query)]

    assert (found[0] if found else None) == first


@pytest.mark.parametrize("query", ["", " ", "!", "'", "%", "x" * 5000, "zzzz", "<b>"])
def test_a_search_for_nothing_finds_nothing(query):
    assert icd.search(query) == []


def test_only_billable_codes_are_found():
    found = icd.search("G35", most=50)

    assert [entry.code for entry in found] == [
        "G35.A",
        "G35.B0",
        "G35.B1",
        "G35.B2",
        "G35.C0",
        "G35.C1",
        "G35.C2",
        "G35.D",
    ]


def test_the_seventh_character_is_spelled_out_and_keeps_its_place():
    assert icd.find("S83.511A") == icd.Diagnosis(
        "S83.511A",
        "Sprain of anterior cruciate ligament of right knee, initial encounter",
    )
    assert icd.find("W19XXXD").label == "Unspecified fall, subsequent encounter"


def test_the_table_holds_what_the_year_2026_lists():
    table = icd.load()

    assert (len(table.billable), len(table.headings)) == (74_719, 23_467)
    assert not set(table.billable) & set(table.headings)


def test_every_code_that_is_found_may_stand_in_a_case():
    [pattern] = [
        validator
        for validator in EpisodeDiagnosis._meta.get_field("code").validators
        if hasattr(validator, "regex")
    ]

    refused = [code for code in icd.load().billable if not pattern.regex.search(code)]

    assert refused == []
