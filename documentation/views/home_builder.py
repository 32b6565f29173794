"""The builder of a home program: each press is saved at once, with or without JavaScript."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from documentation import home_programs
from documentation.access import open_home_item, open_home_program
from documentation.exercises import library
from documentation.home_forms import DoseForm, LibraryForm, RemarkForm, TemplateForm
from documentation.models import HomeProgram, HomeProgramItem, HomeProgramTemplate
from documentation.tasks import render_handout
from people.access import CLINICAL, allow, find_visible, open_patient
from scheduling.access import StaffRequest
from web.responses import go_to, wants_piece

View = Callable[..., HttpResponse]
REFUSED = {
    home_programs.AlreadyGiven: "This program was given meanwhile. Start the next version.",
    home_programs.TooMany: f"More than {home_programs.MOST_EXERCISES} exercises are too many.",
    home_programs.NoSuchExercise: "The library has no such exercise.",
    home_programs.NothingToGive: "Add an exercise first.",
}


def kindly(view: View) -> View:
    """Say what stood in the way, on the page the person came from."""

    @wraps(view)
    def careful(request: StaffRequest, pk: int) -> HttpResponse:
        try:
            return view(request, pk)
        except tuple(REFUSED) as refusal:
            messages.error(request, REFUSED[type(refusal)])
            program = _program_of(request, pk)
            return go_to(
                request, _edit_url(program) if program.is_draft else program.get_absolute_url()
            )

    return careful


@allow(*CLINICAL)
@require_POST
def start(request: StaffRequest, patient_id: int) -> HttpResponse:
    """The draft: as the last version was, or empty."""
    patient = open_patient(patient_id, by=request.user)
    last = None
    if "copy" in request.POST:
        last = HomeProgram.objects.filter(patient=patient).exclude(status="draft").first()
    program = home_programs.start(patient=patient, by=request.user, copy=last)
    return go_to(request, _edit_url(program))


@allow(*CLINICAL)
@require_safe
def edit(request: StaffRequest, pk: int) -> HttpResponse:
    program = open_home_program(pk, by=request.user)
    if not program.is_draft:
        return go_to(request, program.get_absolute_url())
    context = _context(request, program) | {
        "remark_form": RemarkForm(instance=program),
        "template_form": TemplateForm(),
        **_shelf(request, program),
    }
    return render(request, "documentation/home_builder.html", context)


@allow(*CLINICAL)
@require_safe
def shelf(request: StaffRequest, pk: int) -> HttpResponse:
    """The library, narrowed by what is asked for; of the patient it shows only what is chosen."""
    program = find_visible(HomeProgram.objects.all(), pk, by=request.user)
    if not wants_piece(request):
        return go_to(request, _edit_url(program))
    context = {"program": program, **_shelf(request, program)}
    return render(request, "documentation/_home_shelf.html", context)


@allow(*CLINICAL)
@require_POST
@kindly
def add(request: StaffRequest, pk: int) -> HttpResponse:
    program = open_home_program(pk, by=request.user)
    home_programs.add(program=program, exercise=request.POST.get("exercise", ""), by=request.user)
    return _answer(request, program)


@allow(*CLINICAL)
@require_POST
@kindly
def add_template(request: StaffRequest, pk: int) -> HttpResponse:
    program = open_home_program(pk, by=request.user)
    wanted = request.POST.get("template", "")
    own = HomeProgramTemplate.objects.filter(owner=request.user)
    template = own.filter(pk=int(wanted)).first() if wanted.isdigit() else None
    if template is None:
        messages.error(request, "Choose a template.")
    else:
        home_programs.add_template(program=program, template=template, by=request.user)
    return _answer(request, program)


@allow(*CLINICAL)
@require_POST
@kindly
def keep(request: StaffRequest, pk: int) -> HttpResponse:
    program = open_home_program(pk, by=request.user)
    form = TemplateForm(request.POST)
    if form.is_valid():
        home_programs.keep_as_template(
            program=program, name=form.cleaned_data["name"], by=request.user
        )
        messages.success(request, f"Kept as “{form.cleaned_data['name']}”.")
    else:
        messages.error(request, "Give the template a name of at most 60 letters.")
    return go_to(request, _edit_url(program))


@allow(*CLINICAL)
@require_POST
@kindly
def say(request: StaffRequest, pk: int) -> HttpResponse:
    program = open_home_program(pk, by=request.user)
    form = RemarkForm(request.POST, instance=program)
    if form.is_valid():
        home_programs.say(program=program, by=request.user, **form.cleaned_data)
    context = {"program": program, "remark_form": form, "is_saved": form.is_valid()}
    if wants_piece(request):
        return render(request, "documentation/_home_remark.html", context)
    if not form.is_valid():
        messages.error(request, "Those words are too long.")
    return go_to(request, _edit_url(program))


@allow(*CLINICAL)
@require_POST
@kindly
def put_in_order(request: StaffRequest, pk: int) -> HttpResponse:
    program = open_home_program(pk, by=request.user)
    order = [int(part) for part in request.POST.get("order", "").split(",") if part.isdigit()]
    home_programs.put_in_order(program=program, order=order, by=request.user)
    return _answer(request, program)


@allow(*CLINICAL)
@require_POST
@kindly
def discard(request: StaffRequest, pk: int) -> HttpResponse:
    program = open_home_program(pk, by=request.user)
    home_programs.discard(program=program, by=request.user)
    messages.success(request, "The draft is thrown away.")
    return go_to(request, program.get_absolute_url())


@allow(*CLINICAL)
@require_POST
@kindly
def give(request: StaffRequest, pk: int) -> HttpResponse:
    program = open_home_program(pk, by=request.user)
    given = home_programs.give(program=program, by=request.user)
    render_handout.delay(given.pk)
    messages.success(request, f"Version {given.version} is given.")
    return go_to(request, given.get_absolute_url())


@allow(*CLINICAL)
@require_POST
@kindly
def save_item(request: StaffRequest, pk: int) -> HttpResponse:
    """The dose and own words; a mistake is named beside its field and nothing is saved."""
    item = open_home_item(pk, by=request.user)
    form = DoseForm(request.POST, instance=HomeProgramItem.objects.get(pk=item.pk))
    if form.is_valid():
        item = home_programs.save_item(item=item, by=request.user, **form.cleaned_data)
    if not wants_piece(request) and form.is_valid():
        return go_to(request, _edit_url(item.program))
    if wants_piece(request):
        row = _row(item, form if form.errors else None)
        context = {"row": row, "is_saved": form.is_valid(), **_ends(item)}
        return render(request, "documentation/_home_item.html", context)
    context = _context(request, item.program, mistaken=form) | {
        "remark_form": RemarkForm(instance=item.program),
        "template_form": TemplateForm(),
        **_shelf(request, item.program),
    }
    return render(request, "documentation/home_builder.html", context, status=422)


@allow(*CLINICAL)
@require_POST
@kindly
def move_item(request: StaffRequest, pk: int) -> HttpResponse:
    item = open_home_item(pk, by=request.user)
    places = -1 if request.POST.get("to") == "up" else 1
    home_programs.move(item=item, by=request.user, places=places)
    return _answer(request, item.program)


@allow(*CLINICAL)
@require_POST
@kindly
def remove_item(request: StaffRequest, pk: int) -> HttpResponse:
    item = open_home_item(pk, by=request.user)
    home_programs.remove(item=item, by=request.user)
    return _answer(request, item.program)


@allow(*CLINICAL)
@require_POST
@kindly
def step_item(request: StaffRequest, pk: int) -> HttpResponse:
    """One step on along the axis that was pressed, or the step taken back."""
    item = open_home_item(pk, by=request.user)
    if axis := request.POST.get("axis", ""):
        home_programs.take_step(item=item, axis=axis, by=request.user)
    else:
        home_programs.step_back(item=item, by=request.user)
    return _answer(request, item.program)


def _program_of(request: StaffRequest, pk: int) -> HomeProgram:
    """The program behind a refused press, by its own id or by one of its exercises'."""
    if "home-program-items" in request.path:
        item: HomeProgramItem = find_visible(
            HomeProgramItem.objects.select_related("program"), pk, by=request.user
        )
        return item.program
    program: HomeProgram = find_visible(HomeProgram.objects.all(), pk, by=request.user)
    return program


def _edit_url(program: HomeProgram) -> str:
    return reverse("documentation:home-program-edit", args=[program.pk])


def _answer(request: StaffRequest, program: HomeProgram) -> HttpResponse:
    if not wants_piece(request):
        return go_to(request, _edit_url(program))
    return render(request, "documentation/_home_items.html", _context(request, program))


def _context(
    request: StaffRequest, program: HomeProgram, *, mistaken: DoseForm | None = None
) -> dict[str, Any]:
    items = list(program.items.all())
    return {
        "program": program,
        "patient": program.patient,
        "rows": [
            _row(
                item, mistaken if mistaken is not None and mistaken.instance.pk == item.pk else None
            )
            for item in items
        ],
        "last_pk": items[-1].pk if items else None,
        "templates": HomeProgramTemplate.objects.filter(owner=request.user),
    }


def _row(item: HomeProgramItem, form: DoseForm | None) -> dict[str, Any]:
    return {
        "item": item,
        "exercise": item.in_library,
        "form": form or DoseForm(instance=item),
        "steps": item.in_library.progressions,
    }


def _ends(item: HomeProgramItem) -> dict[str, bool]:
    order = list(item.program.items.values_list("pk", flat=True))
    return {"is_first": order[0] == item.pk, "is_last": order[-1] == item.pk}


def _shelf(request: StaffRequest, program: HomeProgram) -> dict[str, Any]:
    form = LibraryForm(request.GET or None)
    found = form.found() if form.is_bound else library.find()
    return {
        "shelf_form": form,
        "found": found,
        "chosen": set(program.items.values_list("exercise", flat=True)),
    }
