"""The builder and the chart's page of a home program, with and without htmx."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from documentation import home_programs, tasks
from documentation.models import HomeAnswer, HomeProgram, HomeProgramPdf, HomeProgramTemplate
from people.models import Message, Role
from tests.factories import (
    ClinicFactory,
    HomeProgramFactory,
    HomeProgramItemFactory,
    PatientFactory,
    UserFactory,
)
from tests.file_answers import file_headers, shown_pdf

pytestmark = pytest.mark.django_db

HTMX = {"hx-request": "true"}


@pytest.fixture(autouse=True)
def no_broker(monkeypatch):
    monkeypatch.setattr(tasks.render_handout, "delay", lambda program_id: None)


@pytest.fixture
def therapist(client):
    user = UserFactory(roles=[Role.THERAPIST], clinics=[ClinicFactory()])
    client.force_login(user)
    return user


@pytest.fixture
def patient(therapist):
    return PatientFactory(
        clinic=therapist.clinics.get(), email="ada@example.com", contact_by="email"
    )


@pytest.fixture
def draft(patient, therapist):
    return HomeProgramFactory(patient=patient, made_by=therapist)


def url(name, *args):
    return reverse(f"documentation:{name}", args=args)


def pressed(client, address, sent=None, headers=None):
    """The page a person sees after pressing a button."""
    response = client.post(address, sent or {}, headers=headers or {})
    if response.status_code == 303:
        response = client.get(response["Location"])
    assert response.status_code == 200
    return response.content.decode()


def exercises_of(program):
    return list(program.items.values_list("exercise", flat=True))


def test_a_first_visit_to_the_page_offers_to_start(client, patient):
    page = client.get(url("home-program", patient.pk)).content.decode()

    assert "No program runs" in page
    assert "Start empty" in page
    assert "Next version" not in page


def test_starting_leads_to_the_builder_with_the_whole_library(client, patient):
    page = pressed(client, url("home-program-start", patient.pk))

    assert "94 exercises" in page
    assert "No exercise yet" in page


def test_the_library_is_narrowed_in_place(client, draft):
    address = url("home-program-library", draft.pk)

    page = client.get(address, {"words": "bridge"}, headers=HTMX).content.decode()
    none = client.get(address, {"words": "zebra"}, headers=HTMX).content.decode()

    assert "1 exercise<" in page
    assert "Add Bridge" in page
    assert "Nothing fits" in none


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_adding_works_with_a_script_and_without(client, draft, headers):
    page = pressed(client, url("home-program-add", draft.pk), {"exercise": "bridge"}, headers)

    assert exercises_of(draft) == ["bridge"]
    assert "3 sets of 10, hold 3 seconds" in page


def test_a_dose_is_saved_and_a_mistake_named_beside_its_field(client, draft):
    item = HomeProgramItemFactory(program=draft)
    sent = {
        f"item{item.pk}-{name}": value
        for name, value in {
            "sets": 2,
            "reps": 12,
            "times_a_day": 2,
            "days_a_week": 5,
            "side": "left",
            "own_words": "Slowly, Ada.",
        }.items()
    }

    saved = client.post(url("home-item", item.pk), sent, headers=HTMX).content.decode()
    wrong = client.post(
        url("home-item", item.pk), sent | {f"item{item.pk}-seconds": 30}, headers=HTMX
    ).content.decode()

    item.refresh_from_db()
    assert item.dose_in_words == "Left side: 2 sets of 12, twice a day, 5 days a week"
    assert item.own_words == "Slowly, Ada."
    assert "Saved" in saved
    assert "Give repetitions or seconds, one of the two." in wrong


def test_a_mistake_without_a_script_shows_the_whole_page_again(client, draft):
    item = HomeProgramItemFactory(program=draft)

    response = client.post(url("home-item", item.pk), {f"item{item.pk}-sets": "0"})

    assert response.status_code == 422
    assert "Library" in response.content.decode()


def test_exercises_are_ordered_by_buttons_and_by_dragging(client, draft, therapist):
    a, b, c = (
        home_programs.add(program=draft, exercise=key, by=therapist)
        for key in ("bridge", "clam", "heel-raise")
    )

    client.post(url("home-item-move", b.pk), {"to": "up"}, headers=HTMX)
    assert exercises_of(draft) == ["clam", "bridge", "heel-raise"]

    client.post(
        url("home-program-order", draft.pk), {"order": f"{c.pk},{a.pk},{b.pk}"}, headers=HTMX
    )
    assert exercises_of(draft) == ["heel-raise", "bridge", "clam"]

    client.post(url("home-item-remove", a.pk), headers=HTMX)
    assert exercises_of(draft) == ["heel-raise", "clam"]


def test_one_press_takes_the_next_step_along_an_axis(client, draft, therapist):
    item = home_programs.add(program=draft, exercise="heel-raise", by=therapist)

    page = client.post(
        url("home-item-step", item.pk), {"axis": "speed"}, headers=HTMX
    ).content.decode()

    assert "<strong>Now:</strong> Lower over four seconds." in page
    client.post(url("home-item-step", item.pk), headers=HTMX)
    item.refresh_from_db()
    assert item.step_text == ""


def test_a_template_is_kept_and_used_by_its_owner_alone(client, draft, therapist):
    HomeProgramItemFactory(program=draft)

    client.post(url("home-program-keep", draft.pk), {"name": "Balance level 1"})

    template = HomeProgramTemplate.objects.get()
    assert (template.owner, template.name) == (therapist, "Balance level 1")
    other = HomeProgramFactory(patient=PatientFactory(clinic=draft.patient.clinic))
    client.force_login(UserFactory(roles=[Role.THERAPIST], clinics=[draft.patient.clinic]))
    client.post(url("home-program-add-template", other.pk), {"template": template.pk})
    assert exercises_of(other) == []
    client.force_login(therapist)
    client.post(url("home-program-add-template", other.pk), {"template": template.pk})
    assert exercises_of(other) == ["bridge"]


def test_giving_shows_the_program_and_its_hand_out_on_the_way(client, draft, settings):
    HomeProgramItemFactory(program=draft)

    page = pressed(client, url("home-program-give", draft.pk))

    assert "Version 1 is given." in page
    assert "Waiting in line" in page
    assert "0 of 1" in page


def test_a_draft_without_exercises_is_not_given(client, draft):
    page = pressed(client, url("home-program-give", draft.pk))

    assert "Add an exercise first." in page
    draft.refresh_from_db()
    assert draft.is_draft


def test_a_change_to_what_was_given_meanwhile_is_refused_kindly(client, draft, therapist):
    item = HomeProgramItemFactory(program=draft)
    home_programs.give(program=draft, by=therapist)

    page = pressed(client, url("home-item-remove", item.pk))

    assert "This program was given meanwhile." in page
    assert exercises_of(draft) == ["bridge"]


def test_the_link_goes_out_once_and_tells_nothing_clinical(client, draft, therapist):
    HomeProgramItemFactory(program=draft)
    home_programs.give(program=draft, by=therapist)

    for _ in range(2):
        client.post(url("home-program-send", draft.pk))

    message = Message.objects.get()
    assert message.to == "ada@example.com"
    assert "exercise" not in (message.subject + message.body.partition("http")[0]).lower()
    assert "/home/" in message.body


def test_the_chart_shows_days_pain_and_what_the_patient_wrote(client, draft, therapist):
    item = HomeProgramItemFactory(program=draft)
    home_programs.give(program=draft, by=therapist)
    today = timezone.localdate(timezone=draft.patient.clinic.zone)
    answer = HomeAnswer.objects.create(
        item=item, day=today, done=True, pain=8, difficulty="hard", remark="Hurt", alarm="high"
    )

    page = client.get(url("home-program", draft.patient.pk)).content.decode()
    line = client.get(url("home-program-panel", draft.patient.pk)).content.decode()

    assert "<dd>1 of 1</dd>" in page
    assert "Strong pain: 8 of 10" in page
    assert "Hurt" in page
    assert "</strong></a>: 1 of 1 day, pain 8" in line
    client.post(url("home-answer-seen", answer.pk))
    assert "Strong pain" not in client.get(url("home-program", draft.patient.pk)).content.decode()


def test_pausing_and_ending_by_buttons(client, draft, therapist):
    HomeProgramItemFactory(program=draft)
    home_programs.give(program=draft, by=therapist)

    for act, status in (("pause", "paused"), ("resume", "given"), ("end", "ended")):
        client.post(url("home-program-turn", draft.pk), {"act": act})
        assert HomeProgram.objects.get().status == status


@pytest.mark.parametrize("count", [1, 3])
def test_the_chart_costs_the_same_queries_for_any_number_of_exercises_and_days(
    client, draft, therapist, count, django_assert_max_num_queries
):
    for key in ("bridge", "clam", "heel-raise")[:count]:
        HomeProgramItemFactory(program=draft, exercise=key)
    home_programs.give(program=draft, by=therapist)
    today = timezone.localdate(timezone=draft.patient.clinic.zone)
    for item in draft.items.all():
        for back in range(count):
            HomeAnswer.objects.create(
                item=item, day=today - dt.timedelta(days=back), done=True, pain=1, remark="Fine"
            )
    client.get(url("home-program", draft.patient.pk))

    with django_assert_max_num_queries(15):
        page = client.get(url("home-program", draft.patient.pk)).content.decode()

    assert page.count("home-cell home-done") == count + 1  # one in the key


def test_the_hand_out_opens_once_it_is_made(client, draft, therapist):
    HomeProgramItemFactory(program=draft)
    program = home_programs.give(program=draft, by=therapist)
    waits = client.get(url("home-program-pdf", program.pk))
    HomeProgramPdf.objects.filter(program=program).update(status="ready", file_bytes=b"%PDF-1")

    answer = client.get(url("home-program-pdf", program.pk))

    assert waits["Location"] == program.get_absolute_url()
    assert (answer.content, answer["Content-Type"]) == (b"%PDF-1", "application/pdf")
    assert file_headers(answer) == shown_pdf(f"home-program-{program.pk}.pdf")
