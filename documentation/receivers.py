"""Who listens on this floor: a final note rings; its PDF is made, and a report goes out."""

from typing import Any

from django.dispatch import receiver

from documentation.models import Note
from documentation.signals import note_signed
from documentation.tasks import queue_report_letter, render_note_pdf


@receiver(note_signed, dispatch_uid="documentation.render_note_pdf")
def render_pdf_after_signing(note: Note, **kwargs: Any) -> None:
    render_note_pdf.delay_on_commit(note.pk)


@receiver(note_signed, dispatch_uid="documentation.queue_report_letter")
def write_to_provider_after_signing(note: Note, **kwargs: Any) -> None:
    if note.kind == Note.Kind.PROGRESS:
        queue_report_letter.delay_on_commit(note.pk)
