"""What documentation does in the background: make PDFs and thumbnails, and hand letters to
providers over."""

from __future__ import annotations

import datetime as dt
from typing import Any

from celery import shared_task
from django.utils import timezone

from documentation import (
    handout,
    letters,
    note_letters,
    pdf,
    plan_pdf,
    thumbnails,
    version_pdf,
)
from documentation.models import (
    Attachment,
    AttachmentThumbnail,
    HomeProgram,
    HomeProgramPdf,
    Note,
    NotePdf,
    NoteVersion,
    NoteVersionPdf,
    PlanPdf,
    ProviderLetter,
)

PATIENCE = dt.timedelta(minutes=2)  # a bell that rang is answered well within this
BEFORE_THE_NEXT_SWEEP = 55  # seconds; a bell nobody answered by then is rung anew
TOO_LONG = 120  # seconds for one paper; the row then says so, and the worker goes on
OF_A_PAPER: dict[str, Any] = {  # a task that makes one paper
    "autoretry_for": (OSError,),
    "retry_backoff": 30,
    "max_retries": 5,
    "ignore_result": True,
    "soft_time_limit": TOO_LONG,
}


@shared_task(**OF_A_PAPER)
def render_note_pdf(note_id: int) -> None:
    """Safe to run twice: the second run finds the PDF and leaves. A failure ends on the PDF's row,
    which the note's page shows."""
    pdf.render_note(Note.objects.get(pk=note_id))


@shared_task(ignore_result=True)
def sweep_pdfs(most: int = 200) -> None:
    """Ring again for notes whose bell was missed. Safe to run twice: so is what it rings for."""
    waiting = NotePdf.objects.filter(
        status=NotePdf.Status.WAITING, waiting_since__lt=timezone.now() - PATIENCE
    ).order_by("waiting_since")
    for note_id in waiting.values_list("note_id", flat=True)[:most]:
        render_note_pdf.delay(note_id)
    put_aside = NoteVersionPdf.objects.filter(status=NoteVersionPdf.Status.WAITING)
    for version_id in put_aside.order_by("waiting_since").values_list("version_id", flat=True)[
        :most
    ]:
        render_version_pdf.delay(version_id)


@shared_task(**OF_A_PAPER)
def render_version_pdf(version_id: int) -> None:
    """The PDF of a version that was amended before its own was made; the sweep rings for it. Safe
    to run twice: the second run finds the PDF and leaves."""
    version = NoteVersion.objects.select_related("note").filter(pk=version_id).first()
    if version is not None:  # its amendment may have been withdrawn meanwhile
        version_pdf.render(version)


@shared_task(**OF_A_PAPER)
def render_handout(program_id: int) -> None:
    """Safe to run twice: the second run finds the hand-out and leaves. A failure ends on its row,
    which the program's page shows."""
    handout.render(HomeProgram.objects.select_related("patient__clinic").get(pk=program_id))


@shared_task(ignore_result=True)
def sweep_handouts(most: int = 200) -> None:
    """Ring again for hand-outs whose bell was missed; safe to run twice, as what it rings for."""
    waiting = HomeProgramPdf.objects.filter(
        status=HomeProgramPdf.Status.WAITING, waiting_since__lt=timezone.now() - PATIENCE
    ).order_by("waiting_since")
    for program_id in waiting.values_list("program_id", flat=True)[:most]:
        render_handout.delay(program_id)


@shared_task(ignore_result=True)
def send_letter(letter_id: int) -> None:
    """Safe to run twice: only one run takes a letter that waits, and a letter leaves at most once.
    Not retried by Celery either: what can be tried again waits on its row for the sweep."""
    letters.send(letter_id)


@shared_task(ignore_result=True)
def send_due_letters(most: int = 200) -> None:
    """Ring for every letter that is due. Safe to run twice: so is what it rings for."""
    due = ProviderLetter.objects.due().order_by("not_before", "pk")
    for letter_id in due.values_list("pk", flat=True)[:most]:
        send_letter.apply_async((letter_id,), expires=BEFORE_THE_NEXT_SWEEP)


@shared_task(ignore_result=True)
def queue_report_letter(note_id: int) -> None:
    """Write the letter that takes a signed progress report to the referring provider, where the
    practice wants that. Safe to run twice: a report has one letter."""
    letter = note_letters.queue_by_itself(Note.objects.get(pk=note_id))
    if letter is not None:
        send_letter.delay_on_commit(letter.pk)


@shared_task(ignore_result=True)
def sweep_report_letters(most: int = 100) -> None:
    """Ring again for reports whose bell was missed. Safe to run twice: so is what it rings for."""
    for note_id in note_letters.without_letter().values_list("pk", flat=True)[:most]:
        queue_report_letter.delay(note_id)


@shared_task(**OF_A_PAPER)
def render_plan_pdf(pdf_id: int) -> None:
    """Safe to run twice: the second run finds the PDF and leaves. A failure ends on its row, which
    the plan's page shows."""
    plan_pdf.render(PlanPdf.objects.select_related("sending").defer("file_bytes").get(pk=pdf_id))


@shared_task(ignore_result=True)
def sweep_plan_pdfs(most: int = 200) -> None:
    """Ring again for plans whose bell was missed; safe to run twice, as what it rings for."""
    waiting = PlanPdf.objects.filter(
        status=PlanPdf.Status.WAITING, waiting_since__lt=timezone.now() - PATIENCE
    ).order_by("waiting_since")
    for pdf_id in waiting.values_list("pk", flat=True)[:most]:
        render_plan_pdf.delay(pdf_id)


@shared_task(**OF_A_PAPER)
def make_thumbnail(attachment_id: int) -> None:
    """Safe to run twice: the second run finds the thumbnail and leaves. A failure ends on its row,
    which the document's card shows."""
    thumbnails.make(Attachment.objects.get(pk=attachment_id))


@shared_task(ignore_result=True)
def sweep_thumbnails(most: int = 200) -> None:
    """Ring again for thumbnails whose bell was missed; safe to run twice, as what it rings for."""
    waiting = AttachmentThumbnail.objects.filter(
        status=AttachmentThumbnail.Status.WAITING, waiting_since__lt=timezone.now() - PATIENCE
    ).order_by("waiting_since")
    for attachment_id in waiting.values_list("attachment_id", flat=True)[:most]:
        make_thumbnail.delay(attachment_id)
