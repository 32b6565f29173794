"""A note's PDF: hand it out, show how far it is, ask for it once more."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from documentation import pdf
from documentation.access import open_note
from documentation.models import Note, NotePdf
from documentation.tasks import render_note_pdf
from people.access import CLINICAL, READS_CHARTS, allow, find_visible
from scheduling.access import StaffRequest
from web.files import give_pdf
from web.responses import go_to


@allow(*READS_CHARTS)
@require_safe
def note_pdf(request: StaffRequest, pk: int) -> HttpResponse:
    row = find_visible(Note.objects.select_related("visit__patient"), pk, by=request.user)
    ready = NotePdf.objects.filter(note=row, status=NotePdf.Status.READY).first()
    if ready is None:
        messages.info(request, "The PDF is not ready yet.")
        return go_to(request, row.get_absolute_url())
    open_note(pk, by=request.user, action="note.pdf_viewed")
    return give_pdf(ready.file_bytes, name=f"note-{row.pk}.pdf")


@allow(*READS_CHARTS)
@require_safe
def pdf_state(request: StaffRequest, pk: int) -> HttpResponse:
    """Whether the PDF is ready: asked every two seconds, shows nothing of the patient, and is
    therefore no reading of the chart."""
    row = find_visible(Note.objects.select_related("visit__clinic"), pk, by=request.user)
    state = NotePdf.objects.filter(note=row).defer("file_bytes").first()
    context = {"note": row, "pdf": state, "may_write": request.user.has_role(*CLINICAL)}
    return render(request, "documentation/_note_pdf.html", context)


@allow(*CLINICAL)
@require_POST
def pdf_again(request: StaffRequest, pk: int) -> HttpResponse:
    row = open_note(pk, by=request.user)
    if pdf.ask_again(note=row, by=request.user):
        render_note_pdf.delay(row.pk)
    return go_to(request, row.get_absolute_url())
