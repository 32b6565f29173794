"""What patients are written, and when: templates with a live preview, and each clinic's rules."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from people.access import allow
from scheduling import reminders, telling, wording
from scheduling.access import SETS_UP, StaffRequest
from scheduling.forms.reminders import PreviewForm, RulesForm, TemplateForm
from scheduling.models import MessageTemplate
from web.responses import go_to
from web.templatetags.pt import clock, phone


@allow(*SETS_UP)
@require_safe
def templates(request: StaffRequest) -> HttpResponse:
    clinics = request.user.visible_clinics().filter(is_active=True)
    context = {
        "rows": MessageTemplate.objects.select_related("type"),
        "rules": [(clinic, reminders.rules_of(clinic)) for clinic in clinics],
    }
    return render(request, "scheduling/templates.html", context)


@allow(*SETS_UP)
def template_new(request: StaffRequest) -> HttpResponse:
    return _template(request, None)


@allow(*SETS_UP)
def template_edit(request: StaffRequest, pk: int) -> HttpResponse:
    return _template(request, get_object_or_404(MessageTemplate, pk=pk))


def _template(request: StaffRequest, row: MessageTemplate | None) -> HttpResponse:
    form = TemplateForm(request.POST or None, instance=row, by=request.user)
    if form.is_bound and form.is_valid():
        try:
            if row is None:
                wording.add_template(by=request.user, **form.new_values())
            else:
                wording.change_template(row=row, by=request.user, **form.changes())
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, "The words are saved.")
            return go_to(request, reverse("scheduling:templates"))
    context = {
        "form": form,
        "row": row,
        "placeholders": [(f"{{{name}}}", told) for name, told in telling.PLACEHOLDERS.items()],
        "preview": _preview(request, form["subject"].value() or "", form["body"].value() or ""),
    }
    status = 422 if form.errors else 200
    return render(request, "scheduling/template_edit.html", context, status=status)


@allow(*SETS_UP)
@require_POST
def template_preview(request: StaffRequest) -> HttpResponse:
    """The words as a patient would read them, while they are typed."""
    form = PreviewForm(request.POST)
    form.is_valid()
    shown = _preview(
        request, form.cleaned_data.get("subject", ""), form.cleaned_data.get("body", "")
    )
    return render(request, "scheduling/_template_preview.html", {"preview": shown})


def _preview(request: StaffRequest, subject: str, body: str) -> dict[str, Any]:
    clinic = request.user.visible_clinics().filter(is_active=True).first()
    facts = {
        "first_name": "Ada",
        "day": "Monday, March 2",
        "time": clock(dt.time(9)),
        "clinic": str(clinic or "Riverbend"),
        "clinic_phone": phone(clinic.phone if clinic else "+15035550142"),
        "therapist": "Dana, PT",
        "link": "https://…/a/1234",
    }
    filled = telling.fill(body, facts)
    return {"subject": telling.fill(subject, facts), "body": filled, "length": len(filled)}


@allow(*SETS_UP)
def reminder_rules(request: StaffRequest, pk: int) -> HttpResponse:
    """When one clinic writes."""
    clinic = get_object_or_404(request.user.visible_clinics(), pk=pk)
    row = reminders.rules_of(clinic)
    form = RulesForm(request.POST or None, instance=row, by=request.user)
    if form.is_bound and form.is_valid():
        try:
            wording.set_rules(clinic=clinic, by=request.user, **form.new_values())
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, f"The rules of {clinic} are saved.")
            return go_to(request, reverse("scheduling:templates"))
    context = {"form": form, "clinic": clinic}
    status = 422 if form.errors else 200
    return render(request, "scheduling/reminder_rules.html", context, status=status)
