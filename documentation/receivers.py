"""Who listens on this floor: a final note rings, and its PDF is made."""

from typing import Any

from django.dispatch import receiver

from documentation.models import Note
from documentation.signals import note_signed
from documentation.tasks import render_note_pdf


@receiver(note_signed, dispatch_uid="documentation.render_note_pdf")
def render_pdf_after_signing(note: Note, **kwargs: Any) -> None:
    render_note_pdf.delay_on_commit(note.pk)
