"""The hand-out on paper: made once, readable aloud, with the way to the patient's page."""

import io

import pypdf
import pytest
from django.urls import reverse

from documentation import handout, home_programs
from documentation.models import HomeProgramPdf
from documentation.tasks import render_handout, sweep_handouts
from people.models import Clinic, Patient, Role
from tests.factories import HomeProgramItemFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_broker(monkeypatch):
    monkeypatch.setattr("documentation.tasks.render_handout.delay", lambda program_id: None)


@pytest.fixture
def program():
    item = HomeProgramItemFactory(own_words="Mind your left knee.", step_text="Lower slowly.")
    return home_programs.give(program=item.program, by=UserFactory(roles=[Role.THERAPIST]))


def shown_on(program):
    """What the row freezes when the paper is first drawn."""
    render_handout(program.pk)
    return HomeProgramPdf.objects.get(program=program).shown


def test_the_paper_says_what_was_given_in_words(program):
    page = handout.as_html(program, shown_on(program))

    for words in (
        "Bridge",
        "3 sets of 10, once a day, every day",
        "Mind your left knee.",
        "Lower slowly.",
        "Ada Okafor",
        program.giver_name,
        "(503) 555-0142",
    ):
        assert words in page
    assert page.count("data:image/svg+xml;base64,") == 2  # a picture and the code


def test_a_hand_out_is_tagged_and_made_once(program):
    render_handout(program.pk)
    first = HomeProgramPdf.objects.get()
    render_handout(program.pk)

    assert HomeProgramPdf.objects.get().made_at == first.made_at
    assert first.status == "ready"
    content = bytes(first.file_bytes)
    reader = pypdf.PdfReader(io.BytesIO(content))
    catalog = reader.trailer["/Root"]
    assert catalog["/MarkInfo"]["/Marked"].value is True
    assert b"pdfuaid:part" in catalog["/Metadata"].get_object().get_data()
    text = " ".join(reader.pages[0].extract_text().split())
    assert f"Page 1 of {len(reader.pages)}" in text
    assert handout.as_pdf(program, HomeProgramPdf.objects.get().shown) == content


def test_a_hand_out_made_again_says_what_it_said(program):
    render_handout(program.pk)
    first = HomeProgramPdf.objects.get()
    Patient.objects.update(last_name="Brandt")
    Clinic.objects.update(phone="+15035550199")
    HomeProgramPdf.objects.update(status="waiting")

    render_handout(program.pk)

    again = HomeProgramPdf.objects.get()
    assert (again.sha256, again.made_at > first.made_at) == (first.sha256, True)


def test_a_new_link_has_the_hand_out_made_anew_with_its_code(program, client):
    render_handout(program.pk)
    first = HomeProgramPdf.objects.get()
    client.force_login(UserFactory(roles=[Role.OWNER]))

    client.post(reverse("documentation:home-program-new-link", args=[program.pk]))
    waits = HomeProgramPdf.objects.get()
    render_handout(program.pk)

    row = HomeProgramPdf.objects.get()
    link = home_programs.open_link_of(program.patient)
    assert (waits.status, waits.attempts, waits.shown) == ("waiting", 0, {})
    assert row.shown["address"] == handout.address_of(link) != first.shown["address"]
    assert row.sha256 != first.sha256


def test_a_link_renewed_while_the_paper_is_drawn_is_not_lost(program, monkeypatch):
    as_pdf = handout.as_pdf
    drawn = []

    def slowly(program, shown):
        drawn.append(shown["address"])
        if len(drawn) == 1:
            home_programs.renew_link(patient=program.patient, by=program.given_by)
            handout.make_anew(program=program)
        return as_pdf(program, shown)

    monkeypatch.setattr(handout, "as_pdf", slowly)
    render_handout(program.pk)

    row = HomeProgramPdf.objects.get()
    assert len(set(drawn)) == 2
    assert (row.status, row.shown["address"]) == ("ready", drawn[1])


def test_a_failure_ends_on_the_row_and_can_be_asked_for_again(program, monkeypatch):
    def broken(program, shown):
        raise ValueError("what the page said")

    monkeypatch.setattr("documentation.handout.as_pdf", broken)
    for _ in range(5):
        with pytest.raises(ValueError):
            handout.render(program)

    row = HomeProgramPdf.objects.get()
    assert (row.status, row.attempts) == ("failed", 5)
    assert row.problem == "Something in it could not be drawn (ValueError)."
    assert handout.ask_again(program=program, by=program.given_by)
    assert HomeProgramPdf.objects.get().attempts == 0


def test_the_sweep_rings_for_what_has_waited(program, monkeypatch):
    rung = []
    monkeypatch.setattr("documentation.tasks.render_handout.delay", rung.append)

    sweep_handouts()
    assert rung == []

    row = HomeProgramPdf.objects.get()
    row.waiting_since -= row.waiting_since - row.waiting_since.replace(year=2020)
    row.save(update_fields=["waiting_since"])
    sweep_handouts()
    assert rung == [program.pk]
