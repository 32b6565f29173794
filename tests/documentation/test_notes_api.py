"""Notes over the API: signed, co-signed, added to, fetched as PDF."""

import pytest
from django.core.management import call_command

from documentation import charting, frozen, signing, tasks
from documentation.models import Note, NotePdf
from people.models import AuditEvent, IdempotentAnswer, Role
from scheduling.models import Appointment
from tests.documentation.ready import ready_note, sign, therapist_at
from tests.documentation.rules.entries import WHOLE, without
from tests.factories import (
    PASSWORD,
    AppointmentFactory,
    ClinicFactory,
    EpisodeDiagnosisFactory,
    EpisodeFactory,
    GoalFactory,
    PatientFactory,
    UserFactory,
)
from tests.file_answers import file_headers, shown_pdf

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


@pytest.fixture
def appointment(note):
    clinic = note.visit.clinic
    return AppointmentFactory(
        patient=PatientFactory(clinic=clinic),
        therapist=note.visit.therapist,
        status=Appointment.Status.ARRIVED,
    )


def test_a_note_is_signed_with_the_password(api, note):
    read = frozen.sha256_of(frozen.content_of(note))

    response = api.post(
        f"{V1}/notes/{note.pk}/sign/", {"password": PASSWORD, "as_read": read}, format="json"
    )

    kept = Note.objects.get(pk=note.pk)
    body = response.json()
    assert response.status_code == 200
    assert (body["is_final"], body["signer_name"], body["pdf_status"]) == (
        True,
        "Maria Lopez, PT",
        "waiting",
    )
    assert (body["content"], body["content_sha256"]) == (kept.content, kept.content_sha256)


def test_signing_twice_is_a_conflict(api, note):
    sign(note)

    response = api.post(f"{V1}/notes/{note.pk}/sign/", {"password": PASSWORD}, format="json")

    assert problem(response) == (409, "already_signed")


def test_an_incomplete_note_is_answered_with_what_is_missing(api, note):
    entry = note.visit.timed_entries.get(code="97112")
    charting.change_entry(entry=entry, details=without("purposes"), by=note.visit.therapist.user)

    response = api.post(f"{V1}/notes/{note.pk}/sign/", {"password": PASSWORD}, format="json")

    assert problem(response) == (422, "not_complete")
    assert [finding["message"] for finding in response.json()["findings"]] == [
        "Choose the purpose."
    ]
    assert not Note.objects.get(pk=note.pk).is_signed


def test_wrong_passwords_are_counted_even_with_an_idempotency_key_and_then_held_off(api, note):
    answers = [
        api.post(
            f"{V1}/notes/{note.pk}/sign/",
            {"password": "guess"},
            format="json",
            headers={"Idempotency-Key": "k1"},
        )
        for _ in range(6)
    ]

    assert [problem(answer) for answer in answers] == [(403, "wrong_password")] * 4 + [
        (429, "too_many_tries")
    ] * 2
    assert answers[-1]["Retry-After"] == "900"
    assert AuditEvent.objects.filter(action="signature.refused").count() == 5


def test_no_trace_of_a_signers_password_is_kept_for_replay(api, note):
    api.post(
        f"{V1}/notes/{note.pk}/sign/",
        {"password": PASSWORD},
        format="json",
        headers={"Idempotency-Key": "k1"},
    )

    assert Note.objects.get(pk=note.pk).is_signed
    assert not IdempotentAnswer.objects.exists()


def test_what_changed_since_it_was_read_is_a_conflict(api, note):
    response = api.post(
        f"{V1}/notes/{note.pk}/sign/", {"password": PASSWORD, "as_read": "0" * 64}, format="json"
    )

    assert problem(response) == (409, "changed_since_read")


def test_somebody_who_may_not_sign_is_told_why(api_as, note):
    owner = api_as(UserFactory(roles=[Role.OWNER]))
    colleague = api_as(therapist_at(note.visit.clinic).user)

    refused = owner.post(f"{V1}/notes/{note.pk}/sign/", {"password": PASSWORD}, format="json")
    asked = colleague.post(f"{V1}/notes/{note.pk}/sign/", {"password": PASSWORD}, format="json")
    taken = colleague.post(
        f"{V1}/notes/{note.pk}/sign/", {"password": PASSWORD, "takes_over": True}, format="json"
    )

    assert problem(refused) == (403, "may_not_sign")
    assert "no license on file" in refused.json()["detail"]
    assert problem(asked) == (403, "may_not_sign")
    assert taken.status_code == 200


def test_an_assistants_note_is_co_signed_by_the_therapist_alone(api_as):
    note = ready_note(by_assistant=True)
    sign(note, by=note.visit.assistant.user)
    address = f"{V1}/notes/{note.pk}/co-sign/"

    refused = api_as(note.visit.assistant.user).post(address, {"password": PASSWORD}, format="json")
    done = api_as(note.visit.therapist.user).post(address, {"password": PASSWORD}, format="json")

    assert problem(refused) == (403, "permission_denied")
    assert (done.status_code, done.json()["is_final"]) == (200, True)


def test_addenda_are_added_and_listed(api, note):
    sign(note)
    address = f"{V1}/notes/{note.pk}/addenda/"

    added = api.post(address, {"text": "The hold was 15 s."}, format="json")
    empty = api.post(address, {"text": " "}, format="json")

    assert added.status_code == 201
    assert problem(empty) == (400, "invalid")
    assert api.get(address).json() == [added.json()]
    assert (added.json()["text"], added.json()["writer_name"]) == (
        "The hold was 15 s.",
        "Maria Lopez, PT",
    )


def test_an_addendum_to_an_unsigned_note_is_a_conflict(api, note):
    response = api.post(f"{V1}/notes/{note.pk}/addenda/", {"text": "Too early."}, format="json")

    assert problem(response) == (409, "not_signed")


def test_the_pdf_is_a_conflict_until_it_is_ready(api, note):
    unsigned = api.get(f"{V1}/notes/{note.pk}/pdf/")
    sign(note)
    waiting = api.get(f"{V1}/notes/{note.pk}/pdf/")
    tasks.render_note_pdf(note.pk)
    ready = api.get(f"{V1}/notes/{note.pk}/pdf/")

    assert (problem(unsigned), unsigned.json()["state"]) == ((409, "pdf_not_ready"), "not_final")
    assert (problem(waiting), waiting.json()["state"]) == ((409, "pdf_not_ready"), "waiting")
    assert ready.content == bytes(NotePdf.objects.get(note=note).file_bytes)
    assert ready["Content-Type"] == "application/pdf"
    assert file_headers(ready) == shown_pdf(f"note-{note.pk}.pdf")
    assert AuditEvent.objects.latest("pk").action == "note.pdf_viewed"


def test_reading_a_note_is_written_down_and_a_list_holds_what_one_may_see(api, note):
    ready_note(patient=PatientFactory())

    one = api.get(f"{V1}/notes/{note.pk}/").json()
    rows = api.get(f"{V1}/notes/").json()["results"]

    assert (one["id"], one["content"], one["patient"]) == (note.pk, None, note.visit.patient_id)
    assert [row["id"] for row in rows] == [note.pk]
    assert AuditEvent.objects.filter(action="note.viewed", target_id=note.pk).count() == 1


def test_a_note_of_another_clinic_does_not_exist(api_as, note):
    stranger = api_as(therapist_at(ClinicFactory()).user)

    for response in (
        stranger.get(f"{V1}/notes/{note.pk}/"),
        stranger.get(f"{V1}/notes/{note.pk}/pdf/"),
        stranger.get(f"{V1}/notes/{note.pk}/addenda/"),
        stranger.post(f"{V1}/notes/{note.pk}/sign/", {"password": PASSWORD}, format="json"),
        stranger.get(f"{V1}/visits/{note.visit_id}/"),
        stranger.post(f"{V1}/visits/{note.visit_id}/entries/", {"code": "97110"}, format="json"),
    ):
        assert problem(response) == (404, "not_found")


def test_a_biller_reads_and_does_not_write(api_as, note):
    biller = api_as(UserFactory(roles=[Role.BILLER]))

    assert biller.get(f"{V1}/notes/{note.pk}/").status_code == 200
    for response in (
        biller.post(f"{V1}/notes/{note.pk}/sign/", {"password": PASSWORD}, format="json"),
        biller.post(f"{V1}/notes/{note.pk}/addenda/", {"text": "x"}, format="json"),
        biller.post(f"{V1}/visits/{note.visit_id}/entries/", {"code": "97110"}, format="json"),
        biller.patch(f"{V1}/visits/{note.visit_id}/", {"plan": "x"}, format="json"),
    ):
        assert problem(response) == (403, "permission_denied")


def test_a_visit_goes_from_opened_to_signed_without_a_page(api, note, appointment):
    """The whole of it, as a program does it."""
    episode = EpisodeFactory(patient=appointment.patient, therapist=appointment.therapist)
    EpisodeDiagnosisFactory(episode=episode)
    goal = GoalFactory(episode=episode, measure="6-minute walk", target="300 m")

    visit = api.post(f"{V1}/visits/", {"appointment": appointment.pk}, format="json").json()
    api.post(
        f"{V1}/visits/{visit['id']}/entries/",
        {"code": "97112", "minutes": 24, "goal": goal.pk, "details": WHOLE},
        format="json",
    )
    api.patch(
        f"{V1}/visits/{visit['id']}/",
        {"assessment": "Better.", "total_treatment_minutes": 30},
        format="json",
    )
    signed = api.post(f"{V1}/notes/{visit['note']}/sign/", {"password": PASSWORD}, format="json")

    appointment.refresh_from_db()
    assert signed.status_code == 200
    assert signed.json()["content"]["minutes"] == {"timed": 24, "total_treatment": 30}
    assert signed.json()["content"]["services"][0]["narrative"].startswith("Reactive balance")
    assert appointment.status == Appointment.Status.COMPLETED


def test_the_schema_describes_every_route_without_a_warning(tmp_path):
    file = tmp_path / "schema.yml"

    call_command("spectacular", file=str(file), fail_on_warn=True, validate=True)

    text = file.read_text(encoding="utf-8")
    for path in (
        "/api/v1/visits/{id}/entries/{entry}/:",
        "/api/v1/notes/{id}/sign/:",
        "/api/v1/notes/{id}/co-sign/:",
        "/api/v1/notes/{id}/addenda/:",
        "/api/v1/notes/{id}/pdf/:",
    ):
        assert path in text
    assert signing.LONGEST_ADDENDUM == 10_000
    assert "maxLength: 10000" in text
