"""A patient's documents: the grid, and what is added to it; what hangs at a visit or a plan."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from documentation import attaching
from documentation.attachment_forms import Owner, UploadForm, in_words, name_of, owner_named
from documentation.models import Attachment, PlanOfCare, Visit
from documentation.received import look_at
from documentation.tasks import make_thumbnail
from people import audit
from people.access import (
    ADDS_DOCUMENTS,
    ANY_STAFF,
    CLINICAL,
    OVERSIGHT,
    READS_CHARTS,
    allow,
    find_visible,
    open_patient,
)
from people.models import Patient
from scheduling.access import StaffRequest
from web.responses import go_to, render_page_or_piece
from web.uploads import MOST_AT_ONCE, Measured, takes_files

PAGE_SIZE = 24
NOT_THERE = "No file was chosen."


@dataclass(frozen=True)
class Outcome:
    """What became of one file: kept, or refused and why; `there` is the same file, kept before."""

    name: str
    problem: str = ""
    kept: Attachment | None = None
    there: Attachment | None = None


@allow(*ANY_STAFF)
@require_safe
def attachments(request: StaffRequest, patient_id: int) -> HttpResponse:
    patient = open_patient(patient_id, by=request.user)
    return _page(request, patient, UploadForm(**_asked(request, patient)))


@allow(*ADDS_DOCUMENTS)
@require_POST
@takes_files(attaching.largest)
def upload(request: StaffRequest, patient_id: int, measured: Measured) -> HttpResponse:
    """Keep each file on its own: one that is refused stops no other."""
    patient = find_visible(Patient.objects.select_related("clinic"), patient_id, by=request.user)
    asked = _asked(request, patient)
    form = UploadForm(request.POST, **asked | {"also": request.POST.get("of", "")})
    outcomes: list[Outcome] = []
    if form.is_valid():
        outcomes = [*_kept(request, patient, form), *_thrown_away(measured)]
        if not outcomes:
            form.add_error("documents", NOT_THERE)
    for outcome in outcomes:
        if outcome.kept is not None:
            make_thumbnail.delay(outcome.kept.pk)
    if "application/json" in request.headers.get("Accept", ""):
        return _as_json(form, outcomes)
    if outcomes and all(outcome.kept for outcome in outcomes):
        told = "The document is" if len(outcomes) == 1 else f"{len(outcomes)} documents are"
        messages.success(request, f"{told} on the chart.")
        return go_to(request, _address(patient, of=form.cleaned_data.get("of", "")))
    audit.record(by=request.user, action="patient.viewed", patient=patient)
    return _page(request, patient, form, outcomes=outcomes, status=422)


def _kept(request: StaffRequest, patient: Patient, form: UploadForm) -> list[Outcome]:
    files = request.FILES.getlist("documents")
    kind = form.cleaned_data["kind"]
    outcomes = []
    for file in files:
        name = file.name or ""
        typed = form.cleaned_data["title"] if len(files) == 1 else ""
        try:
            kept = attaching.attach(
                patient=patient,
                received=look_at(file.read()),
                kind=kind,
                title=typed or attaching.title_from(name, kind),
                belongs_to=form.owner,
                by=request.user,
            )
        except ValidationError as error:
            outcomes.append(Outcome(name, problem=" ".join(error.messages)))
        except attaching.AlreadyThere as error:
            outcomes.append(_already_there(name, error.attachment, request))
        else:
            outcomes.append(Outcome(name, kept=kept))
    return outcomes


def _already_there(name: str, there: Attachment, request: StaffRequest) -> Outcome:
    told = "This very file is on the chart already."
    if not Attachment.objects.visible_to(request.user).filter(pk=there.pk).exists():
        return Outcome(name, problem=told)
    return Outcome(name, problem=told, there=there)


def _thrown_away(measured: Measured) -> Iterable[Outcome]:
    told = attaching.too_large_in_words(measured.most)
    for name in measured.too_large:
        yield Outcome(name, problem=told)
    for name in measured.too_many:
        yield Outcome(name, problem=f"At most {MOST_AT_ONCE} files at once: add it by itself.")


def _as_json(form: UploadForm, outcomes: list[Outcome]) -> JsonResponse:
    """What the page's script asks for, file by file."""
    problems = [text for texts in form.errors.values() for text in texts]
    for outcome in outcomes:
        if outcome.problem:
            there = outcome.there.get_absolute_url() if outcome.there else ""
            return JsonResponse({"problem": outcome.problem, "there": there}, status=422)
    if problems:
        return JsonResponse({"problem": " ".join(map(str, problems)), "there": ""}, status=422)
    return JsonResponse({"kept": [outcome.kept.pk for outcome in outcomes if outcome.kept]})


def _asked(request: StaffRequest, patient: Patient) -> dict[str, Any]:
    """What the upload form needs: what the page is about is what a new document belongs to."""
    of = request.GET.get("of", "")
    kind = request.GET.get("kind", "")
    return {
        "patient": patient,
        "by": request.user,
        "also": of,
        "initial": {"of": of, "kind": kind if kind in Attachment.Kind.values else ""},
    }


def _page(
    request: StaffRequest,
    patient: Patient,
    form: UploadForm,
    *,
    outcomes: list[Outcome] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The documents, newest first. Their small pictures stand in the page, whose opening is in the
    audit line."""
    asked = request.GET
    same = Patient.objects.same_person(patient.pk)
    whole = Attachment.objects.visible_to(request.user).filter(patient__in=same)
    removed = asked.get("removed") == "1" and request.user.has_role(*OVERSIGHT)
    rows = whole.exclude(removed_at=None) if removed else whole.filter(removed_at=None)
    owner = owner_named(asked.get("of", ""), patient=patient, by=request.user)
    if owner is not None and request.user.has_role(*READS_CHARTS):
        rows = rows.filter(**_belongs_to(owner))
    counts = dict(rows.order_by().values_list("kind").annotate(count=Count("pk")))
    kind = asked.get("kind", "")
    shown = rows.filter(kind=kind) if kind in Attachment.Kind.values else rows
    shown = shown.select_related("thumbnail", "uploaded_by", "episode", "plan", "visit")
    may_add, largest = request.user.has_role(*ADDS_DOCUMENTS), attaching.largest()
    context = {
        "patient": patient,
        "form": form if may_add else None,
        "outcomes": outcomes or [],
        "page_obj": Paginator(shown, PAGE_SIZE).get_page(asked.get("page")),
        "kinds": _kinds(counts, kind=kind, asked=asked),
        "owner": in_words(owner) if owner is not None else "",
        "upload_url": _with(reverse("documentation:attachment-upload", args=[patient.pk]), asked),
        "query": _query(asked),
        "all_url": _address(patient),
        "removed": removed,
        "may_see_removed": request.user.has_role(*OVERSIGHT),
        "largest": largest,
        "largest_mb": largest // attaching.MEGABYTE,
        "may_add": may_add,
    }
    return render_page_or_piece(
        request,
        page="documentation/attachments.html",
        piece="documentation/_attachments.html",
        context=context,
        status=status,
    )


def _belongs_to(owner: Owner) -> dict[str, Any]:
    if isinstance(owner, Visit):
        return {"visit": owner}
    return {"plan": owner} if isinstance(owner, PlanOfCare) else {"episode": owner}


def _kinds(counts: dict[str, int], *, kind: str, asked: QueryDict) -> list[dict[str, Any]]:
    """The filter: each kind there is, with how many."""
    named = [("", "All", sum(counts.values()))]
    named += [(key, label, counts.get(key, 0)) for key, label in Attachment.Kind.choices]
    return [
        {
            "label": label,
            "count": count,
            "is_here": key == kind,
            "query": _query(asked, kind=key),
        }
        for key, label, count in named
        if count or not key or key == kind
    ]


def _query(asked: QueryDict, **other: str) -> str:
    """The page's filters as they stand in its address, without the page's number."""
    kept = QueryDict(mutable=True)
    for name in ("kind", "of", "removed"):
        value = other.get(name, asked.get(name, ""))
        if value:
            kept[name] = value
    return kept.urlencode()


def _with(url: str, asked: QueryDict) -> str:
    query = _query(asked)
    return f"{url}?{query}" if query else url


def _address(patient: Patient, *, of: str = "") -> str:
    url = reverse("documentation:attachments", args=[patient.pk])
    return f"{url}?of={of}" if of else url


# --- At a visit, at a plan of care --------------------------------------------------------------


@allow(*CLINICAL)
@require_safe
def of_visit(request: StaffRequest, pk: int) -> HttpResponse:
    """The session page itself was audited."""
    visit = find_visible(Visit.objects.select_related("patient"), pk, by=request.user)
    return _panel(request, visit, visit.patient)


@allow(*CLINICAL)
@require_safe
def of_plan(request: StaffRequest, pk: int) -> HttpResponse:
    """The plan's page itself was audited."""
    plan = find_visible(PlanOfCare.objects.select_related("episode__patient"), pk, by=request.user)
    return _panel(request, plan, plan.episode.patient)


def _panel(request: StaffRequest, owner: Visit | PlanOfCare, patient: Patient) -> HttpResponse:
    rows = Attachment.objects.visible_to(request.user).filter(removed_at=None)
    context = {
        "rows": rows.filter(**_belongs_to(owner)),
        "add_url": _address(patient, of=name_of(owner)),
        "is_visit": isinstance(owner, Visit),
    }
    return render(request, "documentation/_attachments_panel.html", context)
