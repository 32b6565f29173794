"""A note: read it, see what it lacks, sign it, co-sign it, add to it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from documentation import (
    amending,
    authority,
    drafts,
    frozen,
    letter_rows,
    note_letters,
    signing,
    waiting,
)
from documentation.access import open_note
from documentation.confirming import TooManyTries, WrongPassword
from documentation.forms import AddendumForm, AmendForm, SignForm
from documentation.models import Note
from documentation.rules.codes import code_of
from documentation.tasks import render_note_pdf
from people.access import CLINICAL, READS_CHARTS, TAKES_CARDS, allow
from people.models import Role, User
from scheduling.access import StaffRequest
from scheduling.booking import WrongStatus
from web.responses import go_to, wants_piece

PAGE = "documentation/note.html"
SIGN_PIECE = "documentation/_note_sign.html"
ADDENDUM_PIECE = "documentation/_note_addendum_form.html"
COSIGNS = (Role.OWNER, Role.THERAPIST)


@allow(*READS_CHARTS)
@require_safe
def note(request: StaffRequest, pk: int) -> HttpResponse:
    """`?queue=co-sign`: read as one of those that wait, with the next one a key away."""
    row = open_note(pk, by=request.user)
    return render(request, PAGE, page_of(row, request.user) | _queue(request, row))


@allow(*CLINICAL)
@require_POST
def sign(request: StaffRequest, pk: int) -> HttpResponse:
    return _put_name(request, pk, verb=signing.sign_note, done="Signed.")


@allow(*COSIGNS)
@require_POST
def cosign(request: StaffRequest, pk: int) -> HttpResponse:
    return _put_name(request, pk, verb=signing.cosign_note, done="Co-signed. The note is final.")


@allow(*CLINICAL)
@require_POST
def addendum(request: StaffRequest, pk: int) -> HttpResponse:
    row = open_note(pk, by=request.user)
    form = AddendumForm(request.POST)
    if form.is_valid():
        try:
            signing.add_addendum(note=row, text=form.cleaned_data["text"], by=request.user)
        except (signing.BadAddendum, signing.NotSigned) as error:
            form.add_error("text", str(error))
        else:
            if row.is_final:
                render_note_pdf.delay(row.pk)
            messages.success(request, "The addendum stands below the note.")
            return go_to(request, row.get_absolute_url())
    context = page_of(row, request.user) | {"addendum_form": form}
    return render(request, ADDENDUM_PIECE if wants_piece(request) else PAGE, context, status=422)


def _put_name(request: StaffRequest, pk: int, *, verb: Any, done: str) -> HttpResponse:
    """Sign or co-sign; whatever stands in the way is said beside the password."""
    row = open_note(pk, by=request.user)
    form = SignForm(request.POST, can_take_over=True, attests=True)
    if form.is_valid():
        values = {"password": form.cleaned_data["password"]}
        if verb is signing.sign_note:
            values["as_read"] = form.cleaned_data["as_read"]
        try:
            verb(
                note=row,
                by=request.user,
                takes_over=form.cleaned_data["takes_over"],
                supervised=form.cleaned_data["supervised"],
                **values,
            )
        except (WrongPassword, TooManyTries) as error:
            form.add_error("password", str(error))
        except (signing.AlreadySigned, signing.NotSigned) as error:
            messages.info(request, str(error))
            return go_to(request, row.get_absolute_url())
        except (
            authority.MayNotSign,
            signing.NotComplete,
            signing.ChangedSinceRead,
            WrongStatus,
        ) as error:
            messages.error(request, str(error))
            return go_to(request, row.get_absolute_url())
        else:
            messages.success(request, done)
            return go_to(request, _where_next(request, row))
    context = page_of(row, request.user) | _queue(request, row)
    offered = getattr(context.get("sign_form"), "fields", {})
    for name in {"takes_over", "supervised"} - set(offered):
        del form.fields[name]
    context["sign_form"] = form
    return render(request, SIGN_PIECE if wants_piece(request) else PAGE, context, status=422)


def _queue(request: StaffRequest, row: Note) -> dict[str, Any]:
    """Where the note stands among those this person is to co-sign, when they go through them."""
    if request.GET.get("queue") != waiting.COSIGN or not request.user.has_role(*COSIGNS):
        return {}
    return {"queue": waiting.place_of(row, by=request.user)}


def _where_next(request: StaffRequest, row: Note) -> str:
    """The next note of the queue, or the queue's end; outside a queue the note itself."""
    queue = _queue(request, row).get("queue")
    return queue.next_url if queue is not None else row.get_absolute_url()


def page_of(row: Note, user: User) -> dict[str, Any]:
    """All that the note's page shows."""
    visit = row.visit
    content = row.content if row.content is not None else frozen.content_of(row)
    findings = [] if row.is_signed else drafts.state_of(visit).findings
    required = [_with_link(finding, visit) for finding in findings if finding.is_required]
    context: dict[str, Any] = {
        "note": row,
        "visit": visit,
        "patient": visit.patient,
        "content": frozen.as_read(content),
        "cosignature": frozen.cosignature_of(row),
        "addenda": frozen.addenda_of(row),
        "required": required,
        "advice": [_with_link(finding, visit) for finding in findings if not finding.is_required],
        "pdf": getattr(row, "pdf", None),
        "likeness": None if row.is_signed else drafts.beside_the_last(visit),
        "verify_code": code_of(row.content_sha256) if row.is_final else "",
        "may_write": user.has_role(*CLINICAL),
    }
    if post := note_letters.post_of(row):
        context["post"] = post
        context["letter_rows"] = [letter_rows.as_read(letter) for letter in post.letters]
        context["may_send"] = user.has_role(*note_letters.SENDS_NOTES)
        context["may_write_down"] = user.has_role(*TAKES_CARDS)
    if row.version > 1:
        context["amendment"] = amending.open_amendment_of(row)
        context["versions"] = row.versions.defer("content", "page")
    if row.is_signed:
        context["addendum_form"] = AddendumForm()
        if context["may_write"]:
            context |= _amend_form(row, user)
    if not row.is_final and context["may_write"]:
        context |= _sign_form(row, user, frozen.sha256_of(content))
    return context


def _sign_form(row: Note, user: User, read: str) -> dict[str, Any]:
    """The form for whom it is, or the sentence that says why there is none."""
    standing_of = authority.standing_to_cosign if row.is_signed else authority.standing_to_sign
    context: dict[str, Any] = {
        "sign_url": reverse(
            "documentation:note-cosign" if row.is_signed else "documentation:note-sign",
            args=[row.pk],
        )
    }
    initial = {"as_read": "" if row.is_signed else read}
    try:
        standing = standing_of(row, by=user, takes_over=False)
    except authority.NotYours as error:
        context["not_yours"] = str(error)
        if not error.can_take_over:
            return context
        standing = standing_of(row, by=user, takes_over=True)
    except authority.MayNotSign as error:
        return context | {"may_not_sign": str(error)}
    return context | {
        "signs_as": frozen.signer_of(standing.therapist),
        "sign_form": SignForm(
            initial=initial,
            can_take_over=standing.in_place_of is not None,
            attests=standing.attests,
        ),
    }


def _amend_form(row: Note, user: User) -> dict[str, Any]:
    """The form that opens the note again, for whoever may; nothing for others."""
    try:
        authority.standing_to_amend(row, by=user, takes_over=False)
    except authority.NotYours as error:
        if not error.can_take_over:
            return {}
        return {"amend_form": AmendForm(can_take_over=True), "amend_not_yours": str(error)}
    except authority.MayNotSign:
        return {}
    return {"amend_form": AmendForm()}


def _with_link(finding: Any, visit: Any) -> dict[str, Any]:
    return {
        "message": finding.message,
        "source": finding.source,
        "url": f"{visit.get_absolute_url()}#{finding.path}",
    }
