"""One document: looked at, handed out, named anew, removed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from documentation import attaching
from documentation.access import open_attachment
from documentation.attachment_forms import ChangeForm, RemoveForm, in_words, name_of
from documentation.models import Attachment, AttachmentFile, AttachmentThumbnail
from documentation.tasks import make_thumbnail
from people.access import ADDS_DOCUMENTS, ANY_STAFF, READS_CHARTS, allow, find_visible
from people.forms.rows import status_of
from people.models import Patient
from scheduling.access import StaffRequest
from web.files import hand_out
from web.responses import go_to

GONE = "Somebody removed this document meanwhile."


@allow(*ANY_STAFF)
def attachment(request: StaffRequest, pk: int) -> HttpResponse:
    """The document, large; and what it is said to be."""
    row = open_attachment(pk, by=request.user)
    may_change = request.user.has_role(*ADDS_DOCUMENTS) and row.removed_at is None
    belongs = row.visit or row.plan or row.episode
    of = name_of(belongs) if belongs is not None else ""
    form = ChangeForm(
        request.POST if request.method == "POST" and may_change else None,
        patient=row.patient,
        by=request.user,
        also=of,
        initial={"kind": row.kind, "title": row.title, "of": of},
    )
    if form.is_bound and form.is_valid():
        try:
            attaching.change(attachment=row, by=request.user, **form.values())
        except attaching.AlreadyRemoved:
            messages.error(request, GONE)
        else:
            messages.success(request, "The changes are saved.")
        return go_to(request, row.get_absolute_url())
    context = _context(request, row) | {
        "form": form if may_change else None,
        "remove_form": RemoveForm() if may_change else None,
        "belongs": in_words(belongs) if belongs and request.user.has_role(*READS_CHARTS) else "",
    }
    return render(request, "documentation/attachment.html", context, status=status_of(form))


@allow(*ANY_STAFF)
@require_safe
def file(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The bytes as they came in; each look is in the audit line, one that needed none too."""
    row = open_attachment(pk, by=request.user, action="attachment.opened")
    return hand_out(
        request,
        content_type=row.content_type,
        name=row.file_name,
        sha256=row.sha256,
        size=row.size,
        load=lambda: bytes(AttachmentFile.objects.get(attachment=row).content),
    )


@allow(*ANY_STAFF)
@require_safe
def picture(request: StaffRequest, pk: int) -> HttpResponse:
    """The small picture in its card, asked for while it waits; only one that is there shows
    anything of the patient."""
    row = find_visible(Attachment.objects.select_related("thumbnail"), pk, by=request.user)
    if row.thumbnail.status == AttachmentThumbnail.Status.READY:
        row = open_attachment(pk, by=request.user, action="attachment.thumbnail_viewed")
    context = {"row": row, "may_ask": request.user.has_role(*ADDS_DOCUMENTS)}
    return render(request, "documentation/_attachment_picture.html", context)


@allow(*ADDS_DOCUMENTS)
@require_POST
def again(request: StaffRequest, pk: int) -> HttpResponse:
    row = find_visible(Attachment.objects.select_related("patient"), pk, by=request.user)
    if attaching.ask_again(attachment=row, by=request.user):
        make_thumbnail.delay(row.pk)
    return go_to(request, row.get_absolute_url())


@allow(*ADDS_DOCUMENTS)
@require_POST
def remove(request: StaffRequest, pk: int) -> HttpResponse:
    row = open_attachment(pk, by=request.user)
    form = RemoveForm(request.POST)
    if form.is_valid():
        try:
            attaching.remove(attachment=row, reason=form.cleaned_data["reason"], by=request.user)
        except attaching.AlreadyRemoved:
            messages.error(request, GONE)
        except attaching.IsEvidence as evidence:
            form.add_error("reason", _rests_on_it(request, evidence))
        else:
            messages.success(request, "The document is removed.")
    if form.is_valid():
        return go_to(request, reverse("documentation:attachments", args=[row.patient_id]))
    context = _context(request, row) | {"form": None, "remove_form": form, "belongs": ""}
    return render(request, "documentation/attachment.html", context, status=422)


def _rests_on_it(request: StaffRequest, evidence: attaching.IsEvidence) -> str:
    """Names the case to those who may know of it."""
    if request.user.has_role(*READS_CHARTS):
        return (
            f"The case “{evidence.episode.title}” names it as its signed order. "
            "Name another one there first."
        )
    return "A case rests on it as its signed order. Ask its therapist."


def _context(request: StaffRequest, row: Attachment) -> dict[str, Any]:
    """With the way to the documents before and after it, newest first."""
    rows = Attachment.objects.visible_to(request.user).filter(
        patient__in=Patient.objects.same_person(row.patient_id),
        removed_at__isnull=row.removed_at is None,
    )
    order = list(rows.values_list("pk", flat=True))
    place = order.index(row.pk) if row.pk in order else 0
    return {
        "row": row,
        "patient": row.patient,
        "place": place + 1,
        "count": len(order),
        "before": order[place - 1] if place else None,
        "after": order[place + 1] if place + 1 < len(order) else None,
        "may_ask": request.user.has_role(*ADDS_DOCUMENTS),
    }
