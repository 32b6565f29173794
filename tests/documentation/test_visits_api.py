"""Visits and their services over the API: opened, written, logged."""

import pytest

from documentation import charting, tasks
from documentation.models import Note, TimedEntry, Visit
from people.models import AuditEvent
from scheduling.models import Appointment
from tests.documentation.ready import ready_note, sign
from tests.documentation.rules.entries import without
from tests.factories import (
    AppointmentFactory,
    PatientFactory,
    ProcedureCodeFactory,
    VisitFactory,
)

pytestmark = pytest.mark.django_db
V1 = "/api/v1"


@pytest.fixture(autouse=True)
def no_broker(monkeypatch):
    monkeypatch.setattr(tasks.render_note_pdf, "delay", lambda note_id: None)


@pytest.fixture
def note():
    return ready_note()


@pytest.fixture
def api(api_as, note):
    return api_as(note.visit.therapist.user)


def problem(response) -> tuple[int, str]:
    assert response["Content-Type"] == "application/problem+json"
    return response.status_code, response.json()["code"]


# --- Visits -------------------------------------------------------------------------------------


@pytest.fixture
def appointment(note):
    clinic = note.visit.clinic
    return AppointmentFactory(
        patient=PatientFactory(clinic=clinic),
        therapist=note.visit.therapist,
        status=Appointment.Status.ARRIVED,
    )


def test_a_visit_is_opened_for_an_appointment_once(api, appointment):
    first = api.post(f"{V1}/visits/", {"appointment": appointment.pk}, format="json")
    second = api.post(f"{V1}/visits/", {"appointment": appointment.pk}, format="json")

    visit = Visit.objects.get(appointment=appointment)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert first.json() == {
        "id": visit.pk,
        "appointment": appointment.pk,
        "patient": appointment.patient_id,
        "episode": None,
        "clinic": appointment.clinic_id,
        "therapist": appointment.therapist_id,
        "assistant": None,
        "student": None,
        "date_of_service": "2026-03-02",
        "place_of_service": "11",
        "total_treatment_minutes": None,
        "note": visit.note.pk,
        "kind": "daily",
        "is_signed": False,
        "entries": [],
    }


def test_no_visit_is_opened_for_a_cancelled_appointment(api, appointment):
    Appointment.objects.filter(pk=appointment.pk).update(status=Appointment.Status.CANCELLED)

    response = api.post(f"{V1}/visits/", {"appointment": appointment.pk}, format="json")

    assert problem(response) == (409, "not_treatable")


def test_an_appointment_of_another_clinic_does_not_exist(api):
    response = api.post(f"{V1}/visits/", {"appointment": AppointmentFactory().pk}, format="json")

    assert problem(response) == (404, "not_found")


def test_lists_hold_what_one_may_see_and_narrow_to_a_patient(api, note):
    VisitFactory()
    other = VisitFactory(episode__patient=PatientFactory(clinic=note.visit.clinic))

    everything = api.get(f"{V1}/visits/").json()["results"]
    of_one = api.get(f"{V1}/visits/", {"patient": note.visit.patient_id}).json()["results"]

    assert {row["id"] for row in everything} == {note.visit_id, other.pk}
    assert [row["id"] for row in of_one] == [note.visit_id]
    assert problem(api.get(f"{V1}/visits/", {"patient": "Okafor"})) == (400, "invalid")


def test_reading_one_visit_is_written_down(api, note):
    api.get(f"{V1}/visits/{note.visit_id}/")

    event = AuditEvent.objects.latest("pk")
    assert (event.action, event.patient_id) == ("visit.viewed", note.visit.patient_id)


def test_the_notes_parts_and_minutes_are_written(api, note):
    response = api.patch(
        f"{V1}/visits/{note.visit_id}/",
        {"assessment": "Better.", "total_treatment_minutes": 55, "kind": "progress"},
        format="json",
    )

    kept = Note.objects.select_related("visit").get(pk=note.pk)
    assert response.status_code == 200
    assert (kept.assessment, kept.kind, kept.visit.total_treatment_minutes) == (
        "Better.",
        "progress",
        55,
    )
    assert kept.plan == "Advance to head turns."


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"total_treatment_minutes": 1441}, "total_treatment_minutes"),
        ({"total_treatment_minutes": -5}, "total_treatment_minutes"),
        ({"total_treatment_minutes": "ten"}, "total_treatment_minutes"),
        ({"kind": "poem"}, "kind"),
        ({"plan": "x" * 20_001}, "plan"),
        ({"episode": 999_999}, "episode"),
        ({"assistant": 999_999}, "assistant"),
    ],
)
def test_what_cannot_be_written_is_refused_by_field_and_nothing_is_kept(api, note, sent, field):
    response = api.patch(
        f"{V1}/visits/{note.visit_id}/", sent | {"assessment": "Better."}, format="json"
    )

    assert problem(response) == (400, "invalid")
    assert list(response.json()["errors"]) == [field]
    assert Note.objects.get(pk=note.pk).assessment == "Reactive balance improved."


# --- Services -----------------------------------------------------------------------------------


def test_the_services_of_a_visit_are_listed_in_their_order(api, note):
    response = api.get(f"{V1}/visits/{note.visit_id}/entries/")

    assert [(row["code"], row["minutes"], row["timed"]) for row in response.json()] == [
        ("97112", 24, True),
        ("97110", 23, True),
    ]


def test_a_timed_and_an_untimed_service_are_logged(api, note):
    ProcedureCodeFactory(code="97140", label="Manual therapy")
    ProcedureCodeFactory(code="97014", label="E-stim", timed=False, minutes_per_unit=None)

    timed = api.post(
        f"{V1}/visits/{note.visit_id}/entries/",
        {"code": "97140", "minutes": 12, "narrative": "Left knee."},
        format="json",
    )
    untimed = api.post(
        f"{V1}/visits/{note.visit_id}/entries/", {"code": "97014", "minutes": 10}, format="json"
    )

    assert (timed.status_code, untimed.status_code) == (201, 201)
    assert timed.json() == {
        "key": timed.json()["key"],
        "code": "97140",
        "label": "Manual therapy",
        "timed": True,
        "minutes": 12,
        "assistant_minutes": 0,
        "goal": None,
        "details": {},
        "narrative": "Left knee.",
        "narrative_is_own": True,
    }
    assert untimed.json()["timed"] is False
    assert note.visit.timed_entries.count() == 3
    assert note.visit.service_entries.count() == 1


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"code": "97110"}, "minutes"),
        ({"code": "97110", "minutes": 0}, "minutes"),
        ({"code": "97110", "minutes": -5}, "minutes"),
        ({"code": "97110", "minutes": 1441}, "minutes"),
        ({"code": "97110", "minutes": "ten"}, "minutes"),
        ({"code": "00000", "minutes": 10}, "code"),
        ({"minutes": 10}, "code"),
        ({"code": "97110", "minutes": 10, "assistant_minutes": 11}, "assistant_minutes"),
        ({"code": "97110", "minutes": 10, "goal": 999_999}, "goal"),
        ({"code": "97112", "minutes": 10, "details": {"purposes": ["fame"]}}, "details.purposes"),
        ({"code": "97110", "minutes": 10, "narrative": "x" * 5001}, "narrative"),
    ],
)
def test_a_service_that_cannot_be_is_refused_by_field(api, note, sent, field):
    response = api.post(f"{V1}/visits/{note.visit_id}/entries/", sent, format="json")

    assert problem(response) == (400, "invalid")
    assert list(response.json()["errors"]) == [field]
    assert note.visit.timed_entries.count() == 2


def test_a_service_is_changed_and_removed(api, note):
    entry = note.visit.timed_entries.get(code="97110")
    address = f"{V1}/visits/{note.visit_id}/entries/{entry.key}/"

    changed = api.patch(address, {"minutes": 15}, format="json")
    other_code = api.patch(address, {"code": "97112"}, format="json")
    removed = api.delete(address)
    again = api.delete(address)

    assert (changed.status_code, changed.json()["minutes"]) == (200, 15)
    assert problem(other_code) == (400, "invalid")
    assert removed.status_code == 204
    assert problem(again) == (404, "not_found")
    assert list(note.visit.timed_entries.values_list("code", flat=True)) == ["97112"]


def test_the_same_idempotency_key_logs_a_service_once(api, note):
    sent = {"code": "97110", "minutes": 9, "narrative": "Once."}
    answers = [
        api.post(
            f"{V1}/visits/{note.visit_id}/entries/",
            sent,
            format="json",
            headers={"Idempotency-Key": "k1"},
        )
        for _ in range(2)
    ]

    assert answers[0].json() == answers[1].json()
    assert TimedEntry.objects.filter(narrative="Once.").count() == 1


def test_nothing_is_logged_or_written_in_a_signed_visit(api, note):
    entry = note.visit.timed_entries.get(code="97110")
    sign(note)
    visit = f"{V1}/visits/{note.visit_id}"

    for response in (
        api.post(f"{visit}/entries/", {"code": "97110", "minutes": 5}, format="json"),
        api.patch(f"{visit}/entries/{entry.key}/", {"minutes": 5}, format="json"),
        api.delete(f"{visit}/entries/{entry.key}/"),
        api.patch(f"{visit}/", {"plan": "Later."}, format="json"),
    ):
        assert problem(response) == (409, "already_signed")


def test_what_is_missing_is_listed_with_its_level(api, note):
    entry = note.visit.timed_entries.get(code="97112")
    by = note.visit.therapist.user
    charting.change_entry(entry=entry, details=without("purposes"), by=by)

    found = api.get(f"{V1}/visits/{note.visit_id}/missing/").json()

    assert {
        "path": f"entries.{entry.key}.details.purposes",
        "entry": str(entry.key),
        "element": "details.purposes",
        "level": "required",
        "message": "Choose the purpose.",
        "source": "CGS LCD L34049, article A57067",
    } in found
