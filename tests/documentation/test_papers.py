"""The page of all PDFs in the making: what waits, what failed and why, what was made lately."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from documentation import home_programs, paper_kinds, papers, tasks
from documentation.models import HomeProgramPdf, NotePdf
from people.models import AuditEvent, Role
from tests.documentation.ready import ready_note, sign
from tests.factories import (
    ClinicFactory,
    HomeProgramItemFactory,
    PatientFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
PAGE = reverse("documentation:papers")
AGAIN = reverse("documentation:papers-again")
BADGE = reverse("documentation:papers-badge")
TOO_LONG = "It took too long to draw (SoftTimeLimitExceeded)."


@pytest.fixture(autouse=True)
def rung(monkeypatch):
    """What a worker was rung for."""
    ids = []
    monkeypatch.setattr(tasks.render_note_pdf, "delay", lambda pk: ids.append(("note", pk)))
    monkeypatch.setattr(tasks.render_handout, "delay", lambda pk: ids.append(("handout", pk)))
    return ids


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


def handout_of(patient):
    item = HomeProgramItemFactory(program__patient=patient)
    by = UserFactory(roles=[Role.THERAPIST], clinics=[patient.clinic])
    return home_programs.give(program=item.program, by=by).pdf


def failed(row):
    type(row).objects.filter(pk=row.pk).update(status="failed", attempts=5, problem=TOO_LONG)
    return row


@pytest.fixture
def note():
    return sign(ready_note())


@pytest.fixture
def as_therapist(client, note):
    client.force_login(note.visit.therapist.user)
    return client


def test_what_waits_stands_in_the_order_of_its_making_and_asks_again_by_itself(as_therapist, note):
    handout_of(note.visit.patient)

    text = text_of(as_therapist.get(PAGE))

    assert f'hx-get="{PAGE}" hx-trigger="every 3s"' in text
    assert text.index("Daily note, Mar 2, 2026") < text.index("Home program 1")
    assert "Waiting in line, 1 before it" in text
    assert "does not seem to run" not in text


def test_what_waits_for_long_says_that_no_worker_seems_to_run(as_therapist):
    NotePdf.objects.update(waiting_since=timezone.now() - dt.timedelta(minutes=7))

    text = text_of(as_therapist.get(PAGE))

    assert "Waiting in line, 7 min so far" in text
    assert "The background worker does not seem to run." in text
    assert 'hx-trigger="every 15s"' in text


def test_a_try_that_failed_says_that_another_follows(as_therapist, note):
    NotePdf.objects.update(attempts=2, problem=TOO_LONG)

    assert "Try 2 of 5 failed; it is tried again by itself" in text_of(as_therapist.get(PAGE))


def test_what_failed_says_why_and_is_tried_again_alone(as_therapist, note, rung):
    row = failed(note.pdf)
    other = failed(handout_of(note.visit.patient))

    shown = text_of(as_therapist.get(PAGE))
    response = as_therapist.post(AGAIN, {"paper": f"note:{row.pk}"})

    assert f"{TOO_LONG} Tried 5 times." in shown
    assert response["Location"] == PAGE
    assert rung == [("note", note.pk)]
    row.refresh_from_db()
    other.refresh_from_db()
    assert (row.status, row.attempts, row.problem, other.status) == ("waiting", 0, "", "failed")
    assert AuditEvent.objects.filter(action="note.pdf_asked_again", target_id=note.pk).count() == 1


def test_all_that_failed_are_tried_again_with_one_button(as_therapist, note, rung):
    failed(note.pdf)
    other = failed(handout_of(note.visit.patient))

    assert "Try all again" in text_of(as_therapist.get(PAGE))
    as_therapist.post(AGAIN, {"paper": "all"})
    again = as_therapist.post(AGAIN, {"paper": "all"})

    assert sorted(rung) == [("handout", other.program_id), ("note", note.pk)]
    assert "somebody was faster" in text_of(as_therapist.get(again["Location"]))


def test_what_was_made_lately_opens_from_here(as_therapist, note):
    tasks.render_note_pdf(note.pk)

    text = text_of(as_therapist.get(PAGE))

    assert f'href="{reverse("documentation:note-pdf", args=[note.pk])}"' in text
    assert "Nothing waits" in text
    assert 'hx-trigger="every' not in text.partition('id="papers"')[2].partition(">")[0]


def test_what_was_made_long_ago_stands_here_no_more(as_therapist, note):
    tasks.render_note_pdf(note.pk)
    NotePdf.objects.update(made_at=timezone.now() - dt.timedelta(days=8))

    assert "Daily note, Mar 2, 2026" not in text_of(as_therapist.get(PAGE))


def test_a_biller_sees_what_failed_but_has_nothing_tried_again(client, note, rung):
    failed(note.pdf)
    client.force_login(UserFactory(roles=[Role.BILLER]))

    text = text_of(client.get(PAGE))
    client.post(AGAIN, {"paper": "all"})

    assert (TOO_LONG in text, "Try again" in text, rung) == (True, False, [])
    assert NotePdf.objects.get().status == "failed"


def test_nobody_sees_or_retries_another_clinics_papers(client, note, rung):
    failed(note.pdf)
    client.force_login(UserFactory(roles=[Role.THERAPIST], clinics=[ClinicFactory()]))

    text = text_of(client.get(PAGE))
    client.post(AGAIN, {"paper": f"note:{note.pdf.pk}"})

    assert ("Daily note" in text, rung) == (False, [])


def test_the_navigation_counts_what_failed(as_therapist, note):
    assert as_therapist.get(BADGE).content.strip() == b""

    failed(note.pdf)
    failed(handout_of(note.visit.patient))

    assert "2<span" in text_of(as_therapist.get(BADGE))


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_queries_for_any_number_of_papers(
    client, django_assert_num_queries, count, monkeypatch
):
    own = {key: kind for key, kind in paper_kinds._kinds.items() if key in ("note", "handout")}
    monkeypatch.setattr(paper_kinds, "_kinds", own)
    for status in ("waiting", "failed", "ready"):
        for _ in range(count):
            note = sign(ready_note(patient=PatientFactory(clinic=ClinicFactory())))
            NotePdf.objects.filter(note=note).update(
                status=status, made_at=timezone.now(), file_bytes=b"%PDF"
            )
    client.force_login(UserFactory(roles=[Role.OWNER]))

    with django_assert_num_queries(8):  # session, user; three lists of two kinds
        response = client.get(PAGE, headers={"HX-Request": "true", "X-Background": "1"})

    assert response.content.decode().count("paper-name") == 3 * count


# --- Words and rows -----------------------------------------------------------------------------


def test_what_went_wrong_is_said_in_words_without_what_the_paper_says():
    said = {
        type(error).__name__: papers.in_plain_words(error)
        for error in (MemoryError("Ada"), OSError("Ada"), ValueError("Ada"))
    }

    assert said == {
        "MemoryError": "The server ran out of memory while it made this PDF (MemoryError).",
        "OSError": "The server could not read something that PDFs are made with (OSError).",
        "ValueError": "Something in it could not be drawn (ValueError).",
    }


def test_a_page_of_a_paper_fetches_nothing(tmp_path, caplog):
    picture = tmp_path / "secret.svg"
    picture.write_text('<svg xmlns="http://www.w3.org/2000/svg"><title>x</title></svg>')

    papers.draw(
        f'<html lang="en-US"><title>x</title><img src="{picture.as_uri()}" alt="x"></html>',
        styles="note.css",
        identifier="x",
    )

    assert "Failed to load image" in caplog.text


@pytest.mark.parametrize("styles", ["note.css", "bill.css", "packet.css"])
def test_a_sheet_comes_with_the_frame_that_it_imports(styles):
    page = papers.lay_out("<p>One</p>", styles=styles).pages[0]

    assert (page.width, page.height) == (816, 1056)  # US Letter at 96 dots an inch


def test_a_row_ready_meanwhile_is_not_begun():
    row = handout_of(PatientFactory())
    HomeProgramPdf.objects.update(status="ready", file_bytes=b"%PDF")

    assert papers.begin(HomeProgramPdf.objects.filter(pk=row.pk)) is None
