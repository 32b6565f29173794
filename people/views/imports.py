"""Patients from a file: upload it, see what would be made, import, and take it back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_POST, require_safe

from people import imports
from people.access import DESK, StaffRequest, allow, find_visible, open_import
from people.exports import CSV
from people.forms.imports import ImportForm
from people.forms.rows import status_of
from people.imports import CannotImport, CannotUndo
from people.models import ImportFile, ImportRow, Patient
from people.patient_columns import COLUMNS
from people.patient_csv import Unreadable
from people.tasks import import_patients
from web.files import give
from web.responses import go_to

PAGE_SIZE = 50
SHOWN = {"problems": "Problems", "alike": "Already here?", "good": "Will be made"}


@allow(*DESK)
def upload(request: StaffRequest) -> HttpResponse:
    """Upload a file for its dry run; the imports there are."""
    form = ImportForm(request.POST or None, request.FILES or None, by=request.user)
    if form.is_bound and form.is_valid():
        uploaded = form.cleaned_data["file"]
        try:
            file = imports.check(
                content=uploaded.read(),
                name=uploaded.name,
                clinic=form.cleaned_data["clinic"],
                by=request.user,
            )
        except Unreadable as problem:
            form.add_error("file", problem.told)
        except CannotImport as problem:
            form.add_error("file", _with_way_to(problem, request))
        else:
            return go_to(request, file.get_absolute_url())
    files = ImportFile.objects.visible_to(request.user).select_related("clinic", "uploaded_by")
    context = {
        "form": form,
        "page_obj": Paginator(files, PAGE_SIZE).get_page(request.GET.get("page")),
        "columns": COLUMNS.values(),
    }
    return render(request, "people/imports.html", context, status=status_of(form))


def _with_way_to(problem: CannotImport, request: StaffRequest) -> str:
    """The words, with a link to the import that is meant, where this person may see it."""
    seen = problem.file and ImportFile.objects.visible_to(request.user).filter(pk=problem.file.pk)
    if not (problem.file and seen and seen.exists()):
        return problem.told
    return format_html(
        '{} <a href="{}">Open its import</a>', problem.told, problem.file.get_absolute_url()
    )


@allow(*DESK)
@require_safe
def template(request: StaffRequest) -> HttpResponse:
    return give(imports.template(), content_type=CSV, name="patients-template.csv")


@allow(*DESK)
@require_safe
def import_file(request: StaffRequest, pk: int) -> HttpResponse:
    return _page(request, open_import(pk, by=request.user))


@allow(*DESK)
@require_safe
def progress(request: StaffRequest, pk: int) -> HttpResponse:
    """What the page asks for every few seconds: numbers only."""
    file = find_visible(ImportFile.objects.select_related("clinic"), pk, by=request.user)
    if file.status != ImportFile.Status.IMPORTING:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return render(request, "people/_import_progress.html", _progress_of(file))


@allow(*DESK)
@require_POST
def start(request: StaffRequest, pk: int) -> HttpResponse:
    file = find_visible(ImportFile.objects.all(), pk, by=request.user)
    try:
        imports.start(file=file, by=request.user)
    except CannotImport as problem:
        messages.error(request, problem.told)
    else:
        import_patients.delay(file.pk)
    return go_to(request, file.get_absolute_url())


@allow(*DESK)
@require_POST
def choose(request: StaffRequest, pk: int) -> HttpResponse:
    """Take a person who seems to be here already after all, or leave them out."""
    row = find_visible(ImportRow.objects.select_related("file"), pk, by=request.user)
    try:
        imports.choose(row=row, take=request.POST.get("take") == "1", by=request.user)
    except CannotImport as problem:
        messages.error(request, problem.told)
    page = request.POST.get("page", "")
    back = f"?show=alike&page={int(page)}" if page.isascii() and page.isdigit() else "?show=alike"
    return go_to(request, f"{row.file.get_absolute_url()}{back}#rows")


@allow(*DESK)
@require_POST
def discard(request: StaffRequest, pk: int) -> HttpResponse:
    file = find_visible(ImportFile.objects.all(), pk, by=request.user)
    try:
        imports.discard(file=file, by=request.user)
    except CannotImport as problem:
        messages.error(request, problem.told)
        return go_to(request, file.get_absolute_url())
    messages.success(request, "The file is discarded. Nobody was made of it.")
    return go_to(request, reverse("people:imports"))


@allow(*DESK)
@require_POST
def undo(request: StaffRequest, pk: int) -> HttpResponse:
    file = find_visible(ImportFile.objects.select_related("clinic"), pk, by=request.user)
    try:
        imports.undo(file=file, by=request.user)
    except CannotUndo as problem:
        return _page(request, file, used=problem)
    except CannotImport as problem:
        messages.error(request, problem.told)
    else:
        messages.success(request, "The import is taken back: its patients are removed.")
    return go_to(request, file.get_absolute_url())


@allow(*DESK)
@require_safe
def refused(request: StaffRequest, pk: int) -> HttpResponse:
    file = open_import(pk, by=request.user)
    return give(imports.refused(file), content_type=CSV, name=f"refused-rows-{file.pk}.csv")


def _page(request: StaffRequest, file: ImportFile, used: CannotUndo | None = None) -> HttpResponse:
    rows = file.rows.all()
    lists = {
        "problems": rows.with_problems(),
        "alike": rows.alike(),
        "good": rows.to_make() if file.finished_at is None else rows.made(),
    }
    counts = {name: each.count() for name, each in lists.items()}
    wanted = request.GET.get("show", "")
    show = wanted if wanted in lists else next((n for n in lists if counts[n]), "good")
    page = Paginator(
        lists[show].select_related("patient"), PAGE_SIZE, allow_empty_first_page=True
    ).get_page(request.GET.get("page"))
    alike = Patient.objects.visible_to(request.user).in_bulk(
        [row.look_alike_id for row in page.object_list if row.look_alike_id]
    )
    labels = SHOWN | ({"good": "Made"} if file.finished_at else {})
    context = {
        "show": show,
        "tabs": [(name, labels[name], counts[name]) for name in lists],
        "page_obj": page,
        "rows": [(row, alike.get(row.look_alike_id or 0)) for row in page.object_list],
        "counts": counts,
        "may_choose": file.status in (ImportFile.Status.CHECKED, ImportFile.Status.DONE),
        "used": used,
    }
    status = 409 if used else 200
    return render(request, "people/import.html", context | _progress_of(file), status=status)


def _progress_of(file: ImportFile) -> dict[str, Any]:
    made, left = file.rows.all().made().count(), file.rows.all().to_make().count()
    return {"file": file, "made": made, "left": left, "total": made + left}
