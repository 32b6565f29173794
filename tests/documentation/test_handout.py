"""The hand-out on paper: made once, readable aloud, with the way to the patient's page."""

import io

import pypdf
import pytest

from documentation import handout, home_programs
from documentation.models import HomeProgramPdf
from documentation.tasks import render_handout, sweep_handouts
from people.models import Role
from tests.factories import HomeProgramItemFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def program():
    item = HomeProgramItemFactory(own_words="Mind your left knee.", step_text="Lower slowly.")
    return home_programs.give(program=item.program, by=UserFactory(roles=[Role.THERAPIST]))


def test_the_paper_says_what_was_given_in_words(program):
    page = handout.as_html(program)

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
    assert handout.as_pdf(program) == content


def test_a_failure_ends_on_the_row_and_can_be_asked_for_again(program, monkeypatch):
    def broken(program):
        raise ValueError("what the page said")

    monkeypatch.setattr("documentation.handout.as_pdf", broken)
    for _ in range(5):
        with pytest.raises(ValueError):
            handout.render(program)

    row = HomeProgramPdf.objects.get()
    assert (row.status, row.attempts) == ("failed", 5)
    assert row.problem == "ValueError while making the PDF."
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
