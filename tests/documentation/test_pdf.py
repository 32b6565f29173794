"""The PDF of a note: what stands on its pages, and that it is made once for all that stands."""

import datetime as dt
import hashlib
import io

import pypdf
import pytest
from django.core.management import call_command
from django.utils import timezone
from kombu.exceptions import OperationalError

from documentation import papers, pdf, signing, tasks
from documentation.models import Note, NotePdf
from people.models import Patient
from pt_practice.celery import app
from tests.documentation.ready import NARRATIVE, ready_note, sign
from tests.factories import PASSWORD, PatientFactory

pytestmark = pytest.mark.django_db


def pages_of(note) -> list[str]:
    """The text of each page, its blanks and line ends as single blanks."""
    row = NotePdf.objects.get(note=note)
    reader = pypdf.PdfReader(io.BytesIO(bytes(row.file_bytes)))
    return [" ".join(page.extract_text().split()) for page in reader.pages]


def made(note: Note) -> NotePdf:
    pdf.render_note(note)
    return NotePdf.objects.get(note=note)


def long_note(**values) -> Note:
    """A note that needs more than one page."""
    note = ready_note(**values)
    Note.objects.filter(pk=note.pk).update(objective="Gait speed 0.82 m/s on level ground. " * 120)
    return note


# --- What stands there --------------------------------------------------------------------------


def test_each_page_names_the_patient_the_day_its_number_and_the_hash():
    note = sign(long_note())
    made(note)

    pages = pages_of(note)

    assert len(pages) > 1
    for number, text in enumerate(pages, start=1):
        assert "Ada Okafor · MRN PT001001 · Born Mar 12, 1958 · Date of service Mar 2, 2026" in text
        assert f"Page {number} of {len(pages)}" in text
        assert note.content_sha256 in text


def test_the_pdf_says_everything_that_was_signed():
    note = sign(ready_note())
    made(note)

    text = " ".join(pages_of(note))

    for said in (
        "Riverbend Physical Therapy LLC",
        "100 Main St, Portland, OR 97201-0001",
        "(503) 555-0142",
        "Daily note",
        "I69.354 Hemiplegia after stroke, left side",
        "Precautions: Fall risk.",
        "Referred by Marcus Hale, MD",
        "97112 Neuromuscular re-education timed 24",
        "97110 Therapeutic exercise timed 23",
        "Total timed minutes 47",
        "Total treatment minutes 50",
        NARRATIVE,
        "Steadier when turning at home.",
        "Single-leg stance left 6 s.",
        "Reactive balance improved.",
        "Advance to head turns.",
        "Walk 300 m outdoors without a device",
        "2 × a week for 8 weeks",
        "Maria Lopez, PT",
        "License OR PT00001",
    ):
        assert said in text, said


def test_the_signature_carries_the_time_on_the_clinics_clock():
    note = sign(ready_note())
    at = note.signed_at.astimezone(note.visit.clinic.zone)
    made(note)

    clock = f"{at:%I:%M %p}".lstrip("0").lower()
    expected = f"Signed electronically {at:%b} {at.day}, {at.year} at {clock} {at:%Z}"
    assert expected in " ".join(pages_of(note))


def test_names_with_accents_and_emoji_stand_as_they_are_written():
    note = sign(
        ready_note(patient=PatientFactory(first_name="Zoë 😀", last_name="Łukasiewicz-Nuñez"))
    )
    made(note)

    for text in pages_of(note):
        assert "Zoë 😀 Łukasiewicz-Nuñez · MRN" in text


def test_a_narrative_that_looks_like_markup_stands_as_it_was_written():
    note = ready_note()
    words = '<img src="file:///etc/passwd"> & <b>bold</b>'
    Note.objects.filter(pk=note.pk).update(objective=words)
    sign(note)
    made(note)

    assert words in " ".join(pages_of(note))


def test_the_pdf_shows_what_was_signed_and_not_what_the_rows_say_now():
    note = sign(ready_note())
    Patient.objects.filter(pk=note.visit.patient_id).update(last_name="Brandt")
    made(note)

    text = " ".join(pages_of(note))
    assert "Ada Okafor" in text
    assert "Brandt" not in text


def test_the_co_signature_stands_below_the_assistants():
    note = ready_note(by_assistant=True)
    sign(note, by=note.visit.assistant.user)
    signing.cosign_note(note=note, by=note.visit.therapist.user, password=PASSWORD)
    made(note)

    text = " ".join(pages_of(note))
    assert text.index("Joe Park, PTA") < text.index("Co-signed electronically as supervising")
    assert "Maria Lopez, PT License OR PT00001 Co-signed electronically" in text


def pages_with(note, *, filler: int, more_styles: str = "") -> list[str]:
    """The note's pages with so many millimeters of something before its plan of care."""
    plan = '<section class="note-part note-plan">'
    html = pdf.Pages(note).as_html()
    assert html.count(plan) == 1
    html = html.replace(plan, f'<div style="height: {filler}mm"></div>{plan}')
    document = papers.lay_out(html, styles=pdf.STYLES, more_styles=more_styles)
    reader = pypdf.PdfReader(io.BytesIO(papers.write(document, identifier="x")))
    return [" ".join(page.extract_text().split()) for page in reader.pages]


def test_a_signature_that_begins_a_page_takes_the_plan_of_care_along():
    """A page that holds a signature alone says nothing of what was signed."""
    note = sign(ready_note())
    let_it_fall = ".note-signature { break-before: auto; }"

    def alone(**options) -> bool:
        return any(
            "Signed electronically" in text and "Plan of care From" not in text
            for text in pages_with(note, **options)
        )

    fillers = range(150, 200, 6)  # somewhere in between it falls over the edge of a page
    assert any(alone(filler=filler, more_styles=let_it_fall) for filler in fillers)
    assert not any(alone(filler=filler) for filler in fillers)


# --- How it is made -----------------------------------------------------------------------------


def test_the_pdf_is_tagged_and_names_its_language_and_title():
    note = sign(ready_note())
    row = made(note)

    reader = pypdf.PdfReader(io.BytesIO(bytes(row.file_bytes)))
    catalog = reader.trailer["/Root"]
    assert catalog["/MarkInfo"]["/Marked"].value is True
    assert catalog["/Lang"] == "en-US"
    assert "/StructTreeRoot" in catalog
    assert reader.metadata.title == "Daily note, Mar 2, 2026"
    assert reader.metadata.author == "Maria Lopez, PT"
    assert b"pdfuaid:part" in catalog["/Metadata"].get_object().get_data()


def test_the_same_content_gives_the_same_bytes():
    note = sign(ready_note())

    first, second = pdf.Pages(note).as_pdf(), pdf.Pages(note).as_pdf()

    assert first == second
    assert first.startswith(b"%PDF-1.7")


def test_the_row_keeps_the_bytes_and_their_hash():
    note = sign(ready_note())

    row = made(note)

    assert (row.status, row.attempts, row.problem, row.addenda_shown) == ("ready", 1, "", 0)
    assert row.sha256 == hashlib.sha256(bytes(row.file_bytes)).hexdigest()


def test_the_task_run_twice_makes_one_pdf():
    note = sign(ready_note())

    tasks.render_note_pdf(note.pk)
    first = NotePdf.objects.get(note=note)
    tasks.render_note_pdf(note.pk)

    again = NotePdf.objects.get(note=note)
    assert (again.made_at, again.attempts) == (first.made_at, 1)


def test_a_note_that_is_not_final_gets_none():
    note = ready_note(by_assistant=True)
    sign(note, by=note.visit.assistant.user)

    tasks.render_note_pdf(note.pk)

    assert not NotePdf.objects.exists()


# --- Addenda ------------------------------------------------------------------------------------


def test_an_addendum_written_after_the_pdf_stands_in_the_next_one_with_its_writer_and_time():
    note = sign(ready_note())
    before = made(note)

    signing.add_addendum(note=note, text="The hold was 15 s, not 20 s.", by=note.signed_by)
    after = made(note)

    text = " ".join(pages_of(note))
    assert "Addenda The hold was 15 s, not 20 s. Maria Lopez, PT Added" in text
    assert (after.addenda_shown, after.sha256 != before.sha256) == (1, True)


def test_an_addendum_written_while_the_pdf_is_made_is_not_lost(monkeypatch):
    note = sign(ready_note())
    as_pdf = pdf.Pages.as_pdf
    tries = []

    def slowly(pages):
        tries.append(len(pages.addenda))
        if len(tries) == 1:
            signing.add_addendum(note=note, text="Meanwhile.", by=note.signed_by)
        return as_pdf(pages)

    monkeypatch.setattr(pdf.Pages, "as_pdf", slowly)
    row = made(note)

    assert tries == [0, 1]
    assert (row.status, row.addenda_shown) == ("ready", 1)
    assert "Meanwhile." in " ".join(pages_of(note))


# --- When it cannot be made ---------------------------------------------------------------------


@pytest.fixture
def broken(monkeypatch):
    def fail(pages):
        raise OSError("cannot load library for Ada Okafor")

    monkeypatch.setattr(pdf.Pages, "as_pdf", fail)


def test_a_failure_stands_on_the_row_without_what_the_note_says(broken):
    note = sign(ready_note())

    with pytest.raises(OSError, match="cannot load"):
        pdf.render_note(note)

    row = NotePdf.objects.get(note=note)
    assert (row.status, row.attempts) == ("waiting", 1)
    assert row.problem == "The server could not read something that PDFs are made with (OSError)."


def test_after_five_failures_the_row_waits_for_a_person(broken):
    note = sign(ready_note())
    for _ in range(5):
        with pytest.raises(OSError, match="cannot load"):
            pdf.render_note(note)

    pdf.render_note(note)  # does not try any more

    row = NotePdf.objects.get(note=note)
    assert (row.status, row.attempts) == ("failed", 5)


def test_a_person_has_a_failed_pdf_tried_again(monkeypatch):
    note = sign(ready_note())
    NotePdf.objects.filter(note=note).update(status="failed", attempts=5, problem="x")

    assert pdf.ask_again(note=note, by=note.signed_by)
    assert not pdf.ask_again(note=note, by=note.signed_by)
    assert made(note).status == "ready"


def test_a_note_that_kills_its_worker_is_given_up():
    note = sign(ready_note())
    NotePdf.objects.filter(note=note).update(attempts=5)  # counted before each try, never ended

    pdf.render_note(note)

    row = NotePdf.objects.get(note=note)
    assert (row.status, row.problem) == (
        "failed",
        "The worker stopped while it was making this PDF.",
    )


# --- The bell and the sweep ---------------------------------------------------------------------


@pytest.fixture
def rung(monkeypatch):
    """The notes for which a worker was rung."""
    ids = []
    monkeypatch.setattr(tasks.render_note_pdf, "delay", ids.append)
    return ids


def test_a_signature_rings_for_the_pdf_once_it_is_committed(
    rung, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        note = sign(ready_note())
        assert rung == []

    assert rung == [note.pk]
    assert len(callbacks) >= 1


def test_signing_succeeds_while_the_broker_is_down_and_the_sweep_finds_the_note(
    monkeypatch, django_capture_on_commit_callbacks
):
    def unreachable(*args, **options):
        raise OperationalError("no route to the broker")

    monkeypatch.setattr("celery.app.task.Task.apply_async", unreachable)
    with django_capture_on_commit_callbacks(execute=True):
        note = sign(ready_note())
    assert NotePdf.objects.get(note=note).status == "waiting"

    monkeypatch.undo()
    rung = []
    monkeypatch.setattr(tasks.render_note_pdf, "delay", rung.append)
    waited(note, minutes=3)
    tasks.sweep_pdfs()
    assert rung == [note.pk]


def test_the_sweep_leaves_alone_what_is_fresh_ready_or_failed(rung):
    fresh = sign(ready_note())
    for status in ("ready", "failed"):
        note = sign(ready_note(patient=PatientFactory()))
        NotePdf.objects.filter(note=note).update(status=status, file_bytes=b"%PDF")
        waited(note, minutes=60)
    tasks.sweep_pdfs()
    assert rung == []

    waited(fresh, minutes=3)
    tasks.sweep_pdfs()
    assert rung == [fresh.pk]


def waited(note, *, minutes):
    NotePdf.objects.filter(note=note).update(
        waiting_since=timezone.now() - dt.timedelta(minutes=minutes)
    )


def test_the_beat_knows_the_sweep_by_its_name():
    assert app.conf.beat_schedule["sweep-pdfs"]["task"] == tasks.sweep_pdfs.name


def test_no_migration_is_missing():
    call_command("makemigrations", "documentation", check=True, dry_run=True, verbosity=0)
