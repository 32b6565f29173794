"""The CMS-1500 of a claim, and the printers that lay it on the red form."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from billing.models import Claim, FormPrinter
from billing.paper_claims import CannotPrint, paper_of, print_claim, ruler_of
from billing.printer_form import FormPrinterForm
from billing.views.claims import SEES_CLAIMS, open_claim
from people import audit
from people.access import BILLING, StaffRequest, allow, find_visible
from web.files import give_pdf
from web.responses import go_to


@allow(*SEES_CLAIMS)
@require_GET
def cms1500(request: StaffRequest, pk: int) -> HttpResponse:
    """What the form has no room for, and the two ways to print it."""
    claim = open_claim(request, pk)
    audit.record(by=request.user, action="claim.viewed", patient=claim.patient, target=claim)
    return _page(request, claim)


def _page(request: StaffRequest, claim: Claim, *, status: int = 200) -> HttpResponse:
    try:
        paper, refusal = paper_of(claim), ""
    except CannotPrint as error:
        paper, refusal = None, str(error)
    context = {
        "claim": claim,
        "paper": paper,
        "refusal": refusal,
        "printers": FormPrinter.objects.visible_to(request.user).select_related("clinic"),
    }
    return render(request, "billing/cms1500.html", context, status=status)


@allow(*SEES_CLAIMS)
@require_GET
def cms1500_file(request: StaffRequest, pk: int) -> HttpResponse:
    """The PDF: `?on=form` is text alone for the red form, moved as `?printer=` asks."""
    claim = open_claim(request, pk)
    printers = FormPrinter.objects.visible_to(request.user)
    asked = request.GET.get("printer", "")
    printer = printers.filter(pk=int(asked)).first() if asked.isdecimal() else None
    try:
        content = print_claim(
            claim=claim,
            by=request.user,
            background=request.GET.get("on") != "form",
            printer=printer,
        )
    except CannotPrint:
        return _page(request, claim, status=409)
    return give_pdf(content, name=f"cms1500-{claim.control_number}.pdf")


@allow(*SEES_CLAIMS)
@require_GET
def printers(request: StaffRequest) -> HttpResponse:
    context = {
        "printers": FormPrinter.objects.visible_to(request.user).select_related("clinic"),
        "may_edit": request.user.has_role(*BILLING),
    }
    return render(request, "billing/form_printers.html", context)


@allow(*BILLING)
def printer_new(request: StaffRequest) -> HttpResponse:
    return _edit(request, FormPrinter(), "Add a printer for forms", "form_printer.added")


@allow(*BILLING)
def printer_edit(request: StaffRequest, pk: int) -> HttpResponse:
    printer = find_visible(FormPrinter.objects.select_related("clinic"), pk, by=request.user)
    return _edit(request, printer, str(printer), "form_printer.changed")


def _edit(request: StaffRequest, printer: FormPrinter, title: str, action: str) -> HttpResponse:
    back = reverse("billing:form-printers")
    form = FormPrinterForm(request.POST or None, instance=printer)
    form.offer(request.user.visible_clinics())
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            saved = form.save()
            audit.record(
                by=request.user, action=action, target=saved, fields=sorted(form.changed_data)
            )
        messages.success(request, "Saved. Print the alignment sheet to see whether it fits.")
        return go_to(request, back)
    context = {
        "form": form,
        "title": title,
        "back": back,
        "text": "Print the alignment sheet, hold it over a red form against the light, and enter "
        "how far the text must move.",
    }
    return render(request, "billing/edit.html", context, status=422 if form.errors else 200)


@allow(*SEES_CLAIMS)
@require_GET
def printer_ruler(request: StaffRequest, pk: int) -> HttpResponse:
    """The alignment sheet, moved as the printer is set."""
    printer = find_visible(FormPrinter.objects.all(), pk, by=request.user)
    return give_pdf(ruler_of(printer), name="alignment.pdf")
