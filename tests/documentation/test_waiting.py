"""What waits: the co-sign queue one by one, and unsigned notes by age and by hands."""

import datetime as dt

import pytest
from django.urls import reverse

from documentation import tasks, waiting
from documentation.models import Note, Visit
from people.models import Practice, Role
from tests.documentation.ready import assistant_at, ready_note, sign, student_at, therapist_at
from tests.factories import (
    MONDAY,
    PASSWORD,
    ClinicFactory,
    EpisodeFactory,
    NoteFactory,
    PatientFactory,
    PracticeFactory,
    UserFactory,
    VisitFactory,
)

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 3, 30)


@pytest.fixture(autouse=True)
def no_broker(monkeypatch):
    monkeypatch.setattr(tasks.render_note_pdf, "delay_on_commit", lambda note_id: None)


def another(note, *, supervisor=None, sign_it=True, day=MONDAY):
    """One more note of an assistant, of the same therapist and clinic unless told."""
    visit = note.visit
    therapist = supervisor or visit.therapist
    patient = PatientFactory(clinic=visit.clinic)
    made = NoteFactory(
        visit=VisitFactory(
            episode=EpisodeFactory(patient=patient, therapist=therapist),
            assistant=assistant_at(visit.clinic, therapist),
            date_of_service=day,
        )
    )
    if sign_it:
        Note.objects.filter(pk=made.pk).update(
            signed_at=note.signed_at + dt.timedelta(minutes=made.pk - note.pk),
            signed_by=made.visit.assistant.user,
            signer_name="Joe Park, PTA",
            content=note.content,
            content_sha256=f"{made.pk:064x}",
            cosign_needed=True,
        )
    return Note.objects.get(pk=made.pk)


@pytest.fixture
def note():
    note = ready_note(by_assistant=True)
    return sign(note, by=note.visit.assistant.user)


@pytest.fixture
def as_supervisor(client, note):
    client.force_login(note.visit.therapist.user)
    return client


# --- Co-signing ---------------------------------------------------------------------------------


def test_the_queue_shows_mine_before_those_of_others(as_supervisor, note):
    other = another(note, supervisor=therapist_at(note.visit.clinic))
    mine = another(note)

    response = as_supervisor.get(reverse("documentation:cosign"))

    assert response.context["mine"] == [note, mine]
    assert list(response.context["others"]) == [other]
    assert response.context["first_url"] == f"{note.get_absolute_url()}?queue=co-sign"


def test_a_students_note_stands_in_the_queue(client):
    note = ready_note()
    student = student_at(note.visit.clinic, note.visit.therapist)
    sign(note, by=student.user)
    client.force_login(note.visit.therapist.user)

    response = client.get(reverse("documentation:cosign"))

    assert response.context["mine"] == [note]
    assert "Noa Bell, SPT" in response.content.decode()


def test_co_signing_in_the_queue_leads_to_the_next_and_then_back(as_supervisor, note):
    second = another(note)
    address = reverse("documentation:note-cosign", args=[note.pk], query={"queue": "co-sign"})

    page = as_supervisor.get(f"{note.get_absolute_url()}?queue=co-sign").content.decode()
    to_second = as_supervisor.post(address, {"password": PASSWORD})

    assert "1 more after this" in page
    assert "Co-sign, then the next" in page
    assert to_second["Location"] == f"{second.get_absolute_url()}?queue=co-sign"
    to_queue = as_supervisor.post(
        reverse("documentation:note-cosign", args=[second.pk], query={"queue": "co-sign"}),
        {"password": PASSWORD},
    )
    assert to_queue["Location"] == reverse("documentation:cosign")


def test_a_wrong_password_stays_at_the_note_of_the_queue(as_supervisor, note):
    another(note)

    response = as_supervisor.post(
        reverse("documentation:note-cosign", args=[note.pk], query={"queue": "co-sign"}),
        {"password": "wrong"},
    )

    assert response.status_code == 422
    assert response.context["queue"].left == 1


def test_skipping_goes_round(note):
    user = note.visit.therapist.user
    second, third = another(note), another(note)

    nexts = [waiting.place_of(each, by=user).next_url for each in (note, second, third)]

    assert nexts == [waiting.queued(each) for each in (second, third, note)]


def test_the_badge_counts_what_is_mine_to_co_sign(as_supervisor, note):
    another(note)
    another(note, supervisor=therapist_at(note.visit.clinic))

    badge = as_supervisor.get(reverse("documentation:cosign-badge")).content.decode()

    assert ">2<span" in badge


# --- Unsigned -----------------------------------------------------------------------------------


def unsigned(therapist, *, days, **visit_values):
    """A note that nobody signed, of a visit so many days before the 30th of March."""
    clinic = therapist.user.clinics.get()
    return NoteFactory(
        visit=VisitFactory(
            episode=EpisodeFactory(patient=PatientFactory(clinic=clinic), therapist=therapist),
            date_of_service=TODAY - dt.timedelta(days=days),
            **visit_values,
        )
    )


@pytest.fixture
def therapist():
    PracticeFactory()
    return therapist_at(ClinicFactory())


@pytest.fixture(autouse=True)
def the_day(monkeypatch):
    monkeypatch.setattr(waiting, "today_of", lambda user: TODAY)


def test_a_therapist_sees_their_own_unsigned_notes_oldest_first_with_their_ages(client, therapist):
    new, old = unsigned(therapist, days=0), unsigned(therapist, days=40)
    unsigned(therapist_at(therapist.user.clinics.get()), days=5)
    client.force_login(therapist.user)

    response = client.get(reverse("documentation:unsigned"))

    (hands,) = response.context["hands"]
    assert [(row.note, row.days, row.age.label, row.is_late) for row in hands.notes] == [
        (old, 40, "Over 30 days", True),
        (new, 0, "Today", False),
    ]
    assert [count for _, count in response.context["ages"]] == [1, 0, 0, 0, 1]


def test_notes_of_assistants_and_students_stand_under_who_writes_them(client, therapist):
    clinic = therapist.user.clinics.get()
    assistant, student = assistant_at(clinic, therapist), student_at(clinic, therapist)
    unsigned(therapist, days=3, assistant=assistant)
    unsigned(therapist, days=2, student=student)
    unsigned(therapist, days=1)
    client.force_login(therapist.user)

    response = client.get(reverse("documentation:unsigned"))

    assert [hands.writer for hands in response.context["hands"]] == [assistant, student, therapist]


@pytest.mark.parametrize(("days", "late"), [(2, False), (3, True)])
def test_a_note_is_late_after_the_days_that_the_practice_gives(client, therapist, days, late):
    unsigned(therapist, days=days)
    client.force_login(therapist.user)

    response = client.get(reverse("documentation:unsigned"))
    badge = client.get(reverse("documentation:unsigned-badge")).content.decode()

    assert response.context["late"] == int(late)
    assert (">1<span" in badge) is late


def test_the_practices_own_rule_counts(client, therapist):
    Practice.objects.update(sign_notes_within_days=5)
    unsigned(therapist, days=5)
    client.force_login(therapist.user)

    assert client.get(reverse("documentation:unsigned")).context["late"] == 0


def test_a_biller_sees_everybodys_and_narrows_to_a_clinic_or_a_person(client, therapist):
    other = therapist_at(ClinicFactory())
    for each in (therapist, other):
        unsigned(each, days=4)
    client.force_login(UserFactory(roles=[Role.BILLER]))
    address = reverse("documentation:unsigned")

    def writers(query):
        return {hands.writer for hands in client.get(address, query).context["hands"]}

    assert writers({}) == {therapist, other}
    assert writers({"clinic": other.user.clinics.get().pk}) == {other}
    assert writers({"therapist": therapist.pk}) == {therapist}


def test_signed_notes_and_those_of_other_clinics_are_not_on_it(client, therapist):
    sign(ready_note())
    client.force_login(therapist.user)

    response = client.get(reverse("documentation:unsigned"))

    assert response.context["hands"] == []
    assert "Every note is signed" in response.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_unsigned_notes_cost_the_same_queries_for_any_number(
    client, therapist, django_assert_num_queries, count
):
    for days in range(count):
        unsigned(therapist, days=days)
    client.force_login(therapist.user)
    client.get(reverse("documentation:unsigned"))

    with django_assert_num_queries(6):
        response = client.get(reverse("documentation:unsigned"))

    assert len(response.context["hands"][0].notes) == count
    assert Visit.objects.count() == count
