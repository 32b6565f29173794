"""Open a signed note again, withdraw that, and read the versions that were signed before."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from documentation import amending, authority, frozen, signing
from documentation.access import open_note, open_note_version
from documentation.forms import AmendForm
from documentation.models import Note, NoteVersion, NoteVersionPdf
from documentation.rules.codes import code_of
from documentation.views.notes import PAGE, page_of
from people.access import CLINICAL, READS_CHARTS, allow, find_visible
from scheduling.access import StaffRequest
from web.files import give_pdf
from web.responses import go_to, wants_piece

AMEND_PIECE = "documentation/_note_amend_form.html"


@allow(*CLINICAL)
@require_POST
def amend(request: StaffRequest, pk: int) -> HttpResponse:
    """With a reason: the signed version is put aside, and its visit can be written again."""
    row = open_note(pk, by=request.user)
    form = AmendForm(request.POST, can_take_over=True)
    if form.is_valid():
        try:
            amending.open_amendment(
                note=row,
                reason=form.cleaned_data["reason"],
                takes_over=form.cleaned_data["takes_over"],
                by=request.user,
            )
        except amending.BadReason as error:
            form.add_error("reason", str(error))
        except (signing.NotSigned, authority.MayNotSign) as error:
            messages.error(request, str(error))
            return go_to(request, row.get_absolute_url())
        else:
            return _opened(request, row)
    context = page_of(row, request.user)
    if "takes_over" not in getattr(context.get("amend_form"), "fields", {}):
        del form.fields["takes_over"]
    context["amend_form"] = form
    return render(request, AMEND_PIECE if wants_piece(request) else PAGE, context, status=422)


def _opened(request: StaffRequest, row: Note) -> HttpResponse:
    """Who may write it goes on writing; who sent it back reads what they sent."""
    messages.success(
        request, "The note is open. The signed version is put aside and can be read beside it."
    )
    try:
        authority.standing_to_sign(
            Note.objects.select_related("visit").get(pk=row.pk), by=request.user, takes_over=True
        )
    except authority.MayNotSign:
        return go_to(request, row.get_absolute_url())
    return go_to(request, row.visit.get_absolute_url())


@allow(*CLINICAL)
@require_POST
def withdraw(request: StaffRequest, pk: int) -> HttpResponse:
    """Drop what was written since, and let the signed version stand as before."""
    row = open_note(pk, by=request.user)
    try:
        amending.withdraw(note=row, by=request.user)
    except amending.NotOpen as error:
        messages.info(request, str(error))
    except (amending.CannotWithdraw, authority.MayNotSign) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "The amendment is withdrawn: the signed version stands.")
    return go_to(request, row.get_absolute_url())


@allow(*READS_CHARTS)
@require_safe
def version(request: StaffRequest, pk: int) -> HttpResponse:
    """A version that was signed before, as it stood; and why the note was opened again."""
    row = open_note_version(pk, by=request.user)
    as_note = amending.as_note(row)
    context = {
        "version": row,
        "note": row.note,
        "patient": row.note.visit.patient,
        "content": frozen.as_read(row.content),
        "cosignature": frozen.cosignature_of(as_note),
        "addenda": frozen.addenda_of(as_note, until=row.put_aside_at),
        "verify_code": code_of(row.content_sha256),
        "amendment": row.note.amendments.filter(number=row.number + 1, withdrawn_at=None).first(),
        "pdf": NoteVersionPdf.objects.filter(version=row).defer("file_bytes").first(),
    }
    return render(request, "documentation/note_version.html", context)


@allow(*READS_CHARTS)
@require_safe
def version_pdf(request: StaffRequest, pk: int) -> HttpResponse:
    row: NoteVersion = find_visible(NoteVersion.objects.select_related("note"), pk, by=request.user)
    ready = NoteVersionPdf.objects.filter(version=row, status=NoteVersionPdf.Status.READY).first()
    if ready is None:
        messages.info(request, "The PDF is not ready yet.")
        return go_to(request, row.get_absolute_url())
    open_note_version(pk, by=request.user, action="note.version_pdf_viewed")
    name = f"note-{row.note_id}-version-{row.number}.pdf"
    return give_pdf(ready.file_bytes, name=name)
