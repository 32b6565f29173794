"""Signing: what it freezes, what else happens, the password, and what keeps it from happening."""

import datetime as dt

import pytest
from django.utils import timezone

from documentation import charting, confirming, frozen, signing
from documentation.models import Goal, Note, NotePdf
from documentation.signals import note_signed
from people.models import AuditEvent, Patient
from scheduling.booking import WrongStatus
from scheduling.models import Appointment
from tests.documentation.ready import (
    NARRATIVE,
    ready_note,
    sign,
    with_appointment,
)
from tests.documentation.rules.entries import WHOLE, without
from tests.factories import (
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
        "measures": [],
        "sections": {
            "subjective": "Steadier when turning at home.",
            "objective": "Single-leg stance left 6 s.",
            "assessment": "Reactive balance improved.",
            "plan": "Advance to head turns.",
        },
        "examination": None,
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
