"""Signing: who may, what it freezes, and that it happens once."""

import datetime as dt

import pytest
from django.utils import timezone

from documentation import charting, confirming, frozen, signing
from documentation.authority import AssistantMayNotSign, LicenceExpired, MayNotSign, NotYours
from documentation.models import Goal, Note, NotePdf, Visit
from documentation.signals import note_signed
from people.models import AuditEvent, Patient, Role, Therapist
from scheduling.booking import WrongStatus
from scheduling.models import Appointment
from tests.documentation.ready import (
    NARRATIVE,
    assistant_at,
    ready_note,
    sign,
    therapist_at,
    with_appointment,
)
from tests.documentation.rules.entries import WHOLE, without
from tests.factories import (
    PASSWORD,
    ClinicFactory,
    ProcedureCodeFactory,
    UserFactory,
    npi,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def bell():
    """The ids of the notes for which the bell rang."""
    heard = []

    def listen(note, **kwargs):
        heard.append(note.pk)

    note_signed.connect(listen)
    yield heard
    note_signed.disconnect(listen)


# --- What is frozen -----------------------------------------------------------------------------


def test_everything_the_note_says_is_frozen_when_it_is_signed():
    note = ready_note()
    visit, episode = note.visit, note.visit.episode
    goal, plan = episode.goals.get(), episode.plans.get()

    signed = sign(note)

    clinician = {
        "id": visit.therapist_id,
        "name": "Maria Lopez",
        "credential": "PT",
        "licence": "OR PT00001",
        "npi": "1234567893",
    }
    expected_details = WHOLE | {
        "body_parts": [
            {"region": "trunk", "side": ""},
            {"region": "ankle_foot", "side": "left"},
        ]
    }
    assert signed.content == {
        "version": 1,
        "note": {"id": note.pk, "kind": "daily", "title": "Daily note"},
        "practice": {
            "name": "Riverbend Physical Therapy LLC",
            "address": "100 Main St, Portland, OR 97201-0001",
            "phone": "+15035550142",
            "npi": npi(22233344),
        },
        "clinic": {
            "name": "Riverbend Pearl",
            "address": "100 Main St, Portland, OR 97201-0001",
            "phone": "+15035550142",
            "time_zone": "America/Los_Angeles",
        },
        "patient": {
            "id": visit.patient_id,
            "mrn": "PT001001",
            "name": "Ada Okafor",
            "birth_date": "1958-03-12",
        },
        "visit": {
            "id": visit.pk,
            "date_of_service": "2026-03-02",
            "place_of_service": "11",
            "therapist": clinician,
            "assistant": None,
        },
        "episode": {
            "id": episode.pk,
            "title": "Balance after stroke",
            "discipline": "Physical therapy",
            "onset_on": None,
            "started_on": "2026-02-23",
            "precautions": "Fall risk.",
            "referring_provider": {
                "name": "Marcus Hale, MD",
                "npi": episode.referring_provider.npi,
            },
            "diagnoses": [
                {
                    "position": 1,
                    "code": "I69.354",
                    "label": "Hemiplegia after stroke, left side",
                }
            ],
            "goals": [
                {
                    "id": goal.pk,
                    "text": "Walk 300 m outdoors without a device",
                    "measure": "6-minute walk",
                    "baseline": "180 m",
                    "target": "300 m",
                    "due_on": "2026-05-01",
                    "met_on": None,
                }
            ],
        },
        "plan_of_care": {
            "id": plan.pk,
            "starts_on": "2026-02-23",
            "frequency_per_week": 2,
            "duration_weeks": 8,
            "interventions": "Neuromuscular re-education, gait training",
            "valid_through_on": "2026-04-19",
            "signed_on": None,
        },
        "services": [
            {
                "code": "97112",
                "label": "Neuromuscular re-education",
                "timed": True,
                "minutes": 24,
                "assistant_minutes": 0,
                "goal": "Walk 300 m outdoors without a device",
                "narrative": NARRATIVE,
                "details": expected_details,
            },
            {
                "code": "97110",
                "label": "Therapeutic exercise",
                "timed": True,
                "minutes": 23,
                "assistant_minutes": 0,
                "goal": None,
                "narrative": "Sit-to-stand from 45 cm, 3 × 8.",
                "details": {},
            },
        ],
        "minutes": {"timed": 47, "total_treatment": 50},
        "sections": {
            "subjective": "Steadier when turning at home.",
            "objective": "Single-leg stance left 6 s.",
            "assessment": "Reactive balance improved.",
            "plan": "Advance to head turns.",
        },
        "signature": clinician
        | {
            "signed_at": signed.signed_at.isoformat(),
            "in_place_of": None,
            "cosignature_needed": False,
        },
    }
    assert (signed.signed_by, signed.signer_name) == (visit.therapist.user, "Maria Lopez, PT")


def test_the_hash_is_that_of_the_content_as_the_database_gives_it_back():
    signed = sign(ready_note())

    kept = Note.objects.get(pk=signed.pk)

    assert frozen.sha256_of(kept.content) == kept.content_sha256
    assert len(kept.content_sha256) == 64


def test_numbers_with_a_fraction_do_not_change_the_hash_on_their_way_through_the_database():
    note = ready_note()
    entry = note.visit.timed_entries.get(code="97112")
    details = WHOLE["activities"][1] | {"dose": {"sets": 3, "duration_s": 30, "speed_mps": 0.7}}
    type(entry).objects.filter(pk=entry.pk).update(
        details=without(activities=[details]) | {"extra": [1.0, 2.5]}
    )

    signed = sign(note)

    kept = Note.objects.get(pk=signed.pk)
    assert frozen.sha256_of(kept.content) == kept.content_sha256


def test_a_signed_note_reads_the_same_after_the_patient_married_and_the_goal_was_reworded():
    note = ready_note()
    signed = sign(note)

    Patient.objects.filter(pk=note.visit.patient_id).update(last_name="Brandt")
    Goal.objects.filter(episode=note.visit.episode).update(text="Something else")

    kept = Note.objects.get(pk=signed.pk)
    assert kept.content == signed.content
    assert kept.content["patient"]["name"] == "Ada Okafor"


def test_the_same_content_has_one_hash_and_another_word_another():
    one = {"b": "ä", "a": [1, 2]}

    assert frozen.canonical(one) == '{"a":[1,2],"b":"ä"}'.encode()
    assert frozen.sha256_of(one) == frozen.sha256_of({"a": [1, 2], "b": "ä"})
    assert frozen.sha256_of(one) != frozen.sha256_of({"a": [2, 1], "b": "ä"})


# --- What else happens --------------------------------------------------------------------------


def test_signing_completes_the_appointment_asks_for_the_pdf_and_rings_once(bell):
    note = ready_note()
    appointment = with_appointment(note)

    signed = sign(note)

    appointment.refresh_from_db()
    pdf = NotePdf.objects.get(note=note)
    assert appointment.status == Appointment.Status.COMPLETED
    assert (pdf.status, pdf.attempts, pdf.file_bytes) == ("waiting", 0, None)
    assert bell == [note.pk]
    last = AuditEvent.objects.latest("pk")
    assert (last.action, last.actor, last.patient, last.detail) == (
        "note.signed",
        signed.signed_by,
        note.visit.patient,
        {"sha256": signed.content_sha256, "in_place_of": None},
    )


def test_a_note_is_signed_once():
    note = ready_note()
    signed = sign(note)

    with pytest.raises(signing.AlreadySigned):
        sign(note)

    kept = Note.objects.get(pk=note.pk)
    assert (kept.signed_at, kept.content_sha256) == (signed.signed_at, signed.content_sha256)
    assert AuditEvent.objects.filter(action="note.signed").count() == 1


def test_an_appointment_that_cannot_be_completed_leaves_the_note_unsigned(bell):
    note = ready_note()
    appointment = with_appointment(note)
    Appointment.objects.filter(pk=appointment.pk).update(status=Appointment.Status.BOOKED)

    with pytest.raises(WrongStatus):
        sign(note)

    kept = Note.objects.get(pk=note.pk)
    assert (kept.is_signed, kept.content, bell) == (False, None, [])
    assert not NotePdf.objects.exists()


# --- The password -------------------------------------------------------------------------------


def test_a_wrong_password_signs_nothing_and_says_how_many_tries_are_left():
    note = ready_note()
    by = note.visit.therapist.user

    with pytest.raises(confirming.WrongPassword, match="4 tries left") as caught:
        signing.sign_note(note=note, by=by, password="guess")

    assert caught.value.left == 4
    assert not Note.objects.get(pk=note.pk).is_signed
    assert AuditEvent.objects.filter(actor=by, action="signature.refused").count() == 1


def test_after_five_wrong_passwords_the_right_one_does_not_help_for_a_quarter_of_an_hour():
    note = ready_note()
    by = note.visit.therapist.user
    for _ in range(4):
        with pytest.raises(confirming.WrongPassword):
            signing.sign_note(note=note, by=by, password="guess")
    with pytest.raises(confirming.TooManyTries):
        signing.sign_note(note=note, by=by, password="guess")

    with pytest.raises(confirming.TooManyTries):
        sign(note)
    assert not Note.objects.get(pk=note.pk).is_signed


def test_wrong_passwords_of_a_quarter_of_an_hour_ago_are_forgotten():
    note = ready_note()
    by = note.visit.therapist.user
    for _ in range(5):
        AuditEvent.objects.create(
            actor=by,
            actor_name=str(by),
            action="signature.refused",
            at=timezone.now() - dt.timedelta(minutes=16),
        )

    assert sign(note).is_signed


def test_somebody_elses_wrong_passwords_do_not_count():
    note = ready_note()
    other = UserFactory()
    for _ in range(5):
        AuditEvent.objects.create(actor=other, actor_name="", action="signature.refused")

    assert sign(note).is_signed


# --- What is missing ----------------------------------------------------------------------------


def test_an_incomplete_97112_entry_cannot_be_signed_and_each_missing_element_is_named(bell):
    note = ready_note()
    entry = note.visit.timed_entries.get(code="97112")
    charting.change_entry(
        entry=entry, details=without("purposes", skilled=[]), by=note.visit.therapist.user
    )

    with pytest.raises(signing.NotComplete) as caught:
        sign(note)

    assert [(finding.path, finding.message) for finding in caught.value.findings] == [
        (f"entries.{entry.key}.details.purposes", "Choose the purpose."),
        (f"entries.{entry.key}.details.skilled", "Say why a therapist's skill was needed."),
    ]
    kept = Note.objects.get(pk=note.pk)
    assert (kept.is_signed, kept.content, bell) == (False, None, [])


def test_advice_does_not_keep_a_note_from_being_signed():
    note = ready_note()
    entry = note.visit.timed_entries.get(code="97110")
    charting.change_entry(entry=entry, goal=None, by=note.visit.therapist.user)

    assert [f.level for f in charting.missing_for_signing(note.visit)] == ["advice"]
    assert sign(note).is_signed


def test_a_note_that_changed_since_it_was_read_is_not_signed():
    note = ready_note()
    read = frozen.sha256_of(frozen.content_of(note))
    Note.objects.filter(pk=note.pk).update(assessment="Nobody has read this.")

    with pytest.raises(signing.ChangedSinceRead):
        sign(note, as_read=read)

    assert not Note.objects.get(pk=note.pk).is_signed


def test_a_note_that_is_as_it_was_read_is_signed():
    note = ready_note()

    assert sign(note, as_read=frozen.sha256_of(frozen.content_of(note))).is_signed


# --- Who may sign -------------------------------------------------------------------------------


def test_somebody_without_a_licence_on_file_cannot_sign():
    note = ready_note()
    owner = UserFactory(roles=[Role.OWNER])

    with pytest.raises(MayNotSign, match="no licence on file"):
        sign(note, by=owner)


@pytest.mark.parametrize("is_active", [True, False])
def test_a_therapist_whose_account_rests_cannot_sign(is_active):
    note = ready_note()
    Therapist.objects.filter(pk=note.visit.therapist_id).update(is_active=is_active)

    if is_active:
        assert sign(note).is_signed
    else:
        with pytest.raises(MayNotSign):
            sign(note)


def test_a_licence_that_ended_the_day_before_does_not_sign():
    note = ready_note()
    day = note.visit.date_of_service
    ended = day - dt.timedelta(days=1)
    Therapist.objects.filter(pk=note.visit.therapist_id).update(licence_expires_on=ended)

    with pytest.raises(LicenceExpired, match="ended on March 1, 2026"):
        sign(note)


def test_a_licence_is_good_on_its_last_day():
    note = ready_note()
    Therapist.objects.filter(pk=note.visit.therapist_id).update(
        licence_expires_on=note.visit.date_of_service
    )

    assert sign(note).is_signed


def test_a_colleague_signs_only_after_saying_that_they_take_over_and_becomes_the_visits_therapist():
    note = ready_note()
    before = note.visit.therapist
    colleague = therapist_at(note.visit.clinic, first_name="Ben", last_name="Ito")

    with pytest.raises(NotYours) as caught:
        sign(note, by=colleague.user)
    signed = sign(note, by=colleague.user, takes_over=True)

    assert caught.value.can_take_over
    assert Visit.objects.get(pk=note.visit_id).therapist == colleague
    assert signed.content["signature"]["in_place_of"] == "Maria Lopez, PT"
    assert signed.content["visit"]["therapist"]["name"] == "Ben Ito"
    assert AuditEvent.objects.get(action="note.signed").detail["in_place_of"] == before.pk


@pytest.mark.parametrize("stranger", ["other discipline", "other clinic"])
def test_nobody_takes_over_from_another_discipline_or_another_clinic(stranger):
    note = ready_note()
    if stranger == "other discipline":
        colleague = therapist_at(note.visit.clinic, credential="OT")
    else:
        colleague = therapist_at(ClinicFactory())

    with pytest.raises(NotYours) as caught:
        sign(note, by=colleague.user, takes_over=True)

    assert not caught.value.can_take_over
    assert not Note.objects.get(pk=note.pk).is_signed


# --- Assistants ---------------------------------------------------------------------------------


def test_an_assistants_note_waits_for_the_co_signature_before_anybody_may_use_it(bell):
    note = ready_note(by_assistant=True)

    signed = sign(note, by=note.visit.assistant.user)

    assert (signed.is_signed, signed.is_final, signed.cosign_needed) == (True, False, True)
    assert signed.content["signature"]["name"] == "Joe Park"
    assert signed.content["signature"]["cosignature_needed"] is True
    assert (bell, NotePdf.objects.count()) == ([], 0)


def test_the_supervisors_co_signature_makes_it_final_and_changes_nothing_else(bell):
    note = ready_note(by_assistant=True)
    signed = sign(note, by=note.visit.assistant.user)
    supervisor = note.visit.therapist

    final = signing.cosign_note(note=signed, by=supervisor.user, password=PASSWORD)

    kept = Note.objects.get(pk=note.pk)
    assert (kept.is_final, kept.cosigned_by) == (True, supervisor.user)
    assert (kept.cosigner_name, kept.cosigner_licence) == ("Maria Lopez, PT", "OR PT00001")
    assert (kept.content, kept.content_sha256) == (signed.content, signed.content_sha256)
    assert (bell, NotePdf.objects.get(note=note).status) == ([final.pk], "waiting")
    assert AuditEvent.objects.latest("pk").action == "note.cosigned"


def test_a_therapist_who_signs_a_visit_with_an_assistant_needs_no_co_signature(bell):
    note = ready_note(by_assistant=True)

    signed = sign(note)

    assert (signed.is_final, bell) == (True, [note.pk])


@pytest.mark.parametrize(
    "kind",
    [Note.Kind.EVALUATION, Note.Kind.PROGRESS, Note.Kind.RE_EVALUATION, Note.Kind.DISCHARGE],
)
def test_an_assistant_signs_daily_notes_alone(kind):
    note = ready_note(by_assistant=True, kind=kind)

    with pytest.raises(AssistantMayNotSign, match="signed by the therapist"):
        sign(note, by=note.visit.assistant.user)


def test_an_assistant_cannot_sign_a_note_in_which_an_evaluation_stands():
    note = ready_note(by_assistant=True)
    ProcedureCodeFactory(
        code="97161", label="PT evaluation", kind="evaluation", timed=False, minutes_per_unit=None
    )
    charting.record_service(visit=note.visit, code="97161", minutes=3, by=note.visit.therapist.user)

    with pytest.raises(AssistantMayNotSign, match="evaluation"):
        sign(note, by=note.visit.assistant.user)


def test_an_assistant_who_is_not_on_the_visit_cannot_sign_it_even_by_taking_over():
    note = ready_note()
    assistant = assistant_at(note.visit.clinic, note.visit.therapist)

    with pytest.raises(NotYours, match="choose yourself"):
        sign(note, by=assistant.user, takes_over=True)


def test_neither_the_assistant_nor_another_assistant_co_signs():
    note = ready_note(by_assistant=True)
    sign(note, by=note.visit.assistant.user)
    other = assistant_at(note.visit.clinic, note.visit.therapist)

    for by in (note.visit.assistant.user, other.user):
        with pytest.raises(AssistantMayNotSign):
            signing.cosign_note(note=note, by=by, password=PASSWORD)


def test_the_assistants_own_supervisor_co_signs_a_visit_of_another_therapist():
    note = ready_note(by_assistant=True)
    supervisor = therapist_at(note.visit.clinic)
    Therapist.objects.filter(pk=note.visit.assistant_id).update(supervisor=supervisor)
    sign(note, by=note.visit.assistant.user)

    final = signing.cosign_note(note=note, by=supervisor.user, password=PASSWORD)

    assert final.cosigned_by == supervisor.user


def test_a_colleague_co_signs_in_the_therapists_place_and_the_audit_says_so():
    note = ready_note(by_assistant=True)
    sign(note, by=note.visit.assistant.user)
    colleague = therapist_at(note.visit.clinic)

    with pytest.raises(NotYours):
        signing.cosign_note(note=note, by=colleague.user, password=PASSWORD)
    signing.cosign_note(note=note, by=colleague.user, password=PASSWORD, takes_over=True)

    detail = AuditEvent.objects.get(action="note.cosigned").detail
    assert detail["in_place_of"] == note.visit.therapist_id


def test_a_note_is_co_signed_once_and_only_after_it_was_signed():
    note = ready_note(by_assistant=True)
    supervisor = note.visit.therapist.user

    with pytest.raises(signing.NotSigned):
        signing.cosign_note(note=note, by=supervisor, password=PASSWORD)
    sign(note, by=note.visit.assistant.user)
    signing.cosign_note(note=note, by=supervisor, password=PASSWORD)
    with pytest.raises(signing.AlreadySigned):
        signing.cosign_note(note=note, by=supervisor, password=PASSWORD)


def test_a_licence_that_has_ended_by_now_does_not_co_sign():
    note = ready_note(by_assistant=True)
    sign(note, by=note.visit.assistant.user)
    yesterday = timezone.now().date() - dt.timedelta(days=2)
    Therapist.objects.filter(pk=note.visit.therapist_id).update(
        licence_expires_on=max(yesterday, note.visit.date_of_service)
    )

    with pytest.raises(LicenceExpired):
        signing.cosign_note(note=note, by=note.visit.therapist.user, password=PASSWORD)
