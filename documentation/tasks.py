"""What documentation does in the background: make the PDFs of signed notes."""

from __future__ import annotations

import datetime as dt

from celery import shared_task
from django.utils import timezone

from documentation import pdf
from documentation.models import Note, NotePdf

PATIENCE = dt.timedelta(minutes=2)  # a bell that rang is answered well within this


@shared_task(autoretry_for=(OSError,), retry_backoff=30, max_retries=5, ignore_result=True)
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
