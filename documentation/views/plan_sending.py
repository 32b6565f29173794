"""Send a plan of care to the referring provider, and what the practice does with it afterwards."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from documentation import authority, frozen, plan_answers, plan_pdf, plan_sending
from documentation.access import open_plan, open_plan_pdf, open_sending
from documentation.confirming import TooManyTries, WrongPassword
from documentation.models import PlanOfCare, PlanPdf, PlanSending, ProviderLetter
from documentation.plan_forms import HandedOverForm, SendPlanForm, paper_form, ways_to
from documentation.tasks import render_plan_pdf, send_letter
from people.access import CLINICAL, READS_CHARTS, allow, find_visible
from people.forms.rows import status_of
from scheduling.access import StaffRequest
from web.files import give_pdf
from web.responses import go_to

FASTER = "It was answered, withdrawn or replaced meanwhile: it stands as shown."


@allow(*CLINICAL)
def send(request: StaffRequest, pk: int) -> HttpResponse:
    """Read what would go out; with the password, send it."""
    plan = open_plan(pk, by=request.user)
    out = PlanSending.objects.filter(plan=plan, status=PlanSending.Status.OPEN).first()
    if out is not None and not out.has_expired and not out.is_locked:
        messages.info(request, str(plan_sending.AlreadyOut(out)))
        return go_to(request, _page_of(plan))
    context: dict[str, Any] = {"plan": plan, "episode": plan.episode}
    context["patient"] = plan.episode.patient
    try:
        provider, content = plan_sending.to_send(plan, by=request.user)
    except (plan_sending.NotToSend, authority.MayNotSign) as refusal:
        context["refusal"] = str(refusal)
        status = 422 if request.method == "POST" else 200
        return render(request, "documentation/plan_send.html", context, status=status)
    form = SendPlanForm(request.POST or None, provider=provider)
    if form.is_bound and form.is_valid():
        sending = _send(request, plan, form)
        if sending is not None:
            render_plan_pdf.delay(sending.pdfs.get().pk)
            letter = ProviderLetter.objects.filter(sending=sending).first()
            if letter is not None:
                send_letter.delay(letter.pk)
            messages.success(request, _told(sending, letter))
        if not form.errors:
            return go_to(request, _page_of(plan))
    context |= {"content": frozen.as_read(content), "form": form}
    return render(request, "documentation/plan_send.html", context, status=status_of(form))


def _told(sending: PlanSending, letter: ProviderLetter | None) -> str:
    if letter is None:
        return f"The plan is made ready for {sending.provider_name}: hand it over now."
    return f"The plan goes to {sending.provider_name} by {letter.get_channel_display().lower()}."


def _send(request: StaffRequest, plan: PlanOfCare, form: SendPlanForm) -> PlanSending | None:
    """Sent; or what stands in the way, beside the password or on the plan's page."""
    try:
        return plan_sending.send(plan=plan, by=request.user, **form.cleaned_data)
    except (WrongPassword, TooManyTries) as error:
        form.add_error("password", str(error))
    except plan_sending.AlreadyOut as error:
        messages.info(request, str(error))
    except (plan_sending.NotToSend, authority.MayNotSign) as error:
        messages.error(request, str(error))
    return None


@allow(*CLINICAL)
@require_POST
def handed_over(request: StaffRequest, pk: int) -> HttpResponse:
    """Somebody handed it over themselves: by hand, or with a fax of their own."""
    sending = open_sending(pk, by=request.user)
    form = HandedOverForm(request.POST)
    if form.is_valid():
        plan_sending.handed_over(sending=sending, by=request.user, **form.cleaned_data)
        messages.success(request, "It is written down that the plan was handed over.")
    else:
        messages.error(request, "Say how it was handed over: a receipt, a name, a call.")
    return go_to(request, _page_of(sending.plan))


@allow(*CLINICAL)
@require_POST
def letter(request: StaffRequest, pk: int) -> HttpResponse:
    """One more letter with the plan that is out: another way, or the same once more."""
    sending = open_sending(pk, by=request.user)
    channel = request.POST.get("channel", "")
    if channel not in dict(ways_to(sending.provider)):
        messages.error(request, "There is no address on file for this way to the provider.")
        return go_to(request, _page_of(sending.plan))
    try:
        row = plan_sending.write_letter(sending=sending, channel=channel, by=request.user)
    except plan_sending.NoLongerOpen:
        messages.error(request, FASTER)
    else:
        send_letter.delay(row.pk)
        messages.success(request, _told(sending, row))
    return go_to(request, _page_of(sending.plan))


@allow(*CLINICAL)
@require_POST
def withdraw(request: StaffRequest, pk: int) -> HttpResponse:
    sending = open_sending(pk, by=request.user)
    try:
        plan_sending.withdraw(sending=sending, by=request.user)
    except plan_sending.NoLongerOpen:
        messages.error(request, FASTER)
    else:
        messages.success(request, "The plan is withdrawn: its link says so, and nobody can sign.")
    return go_to(request, _page_of(sending.plan))


@allow(*CLINICAL)
@require_POST
def link(request: StaffRequest, pk: int) -> HttpResponse:
    """The address itself, to hand it to the provider by a way of one's own. Whoever asks for it is
    written down; the page is not kept."""
    sending = open_sending(pk, by=request.user)
    try:
        address = plan_sending.show_link(sending=sending, by=request.user)
    except plan_sending.NoLongerOpen:
        messages.error(request, FASTER)
        return go_to(request, _page_of(sending.plan))
    context = {
        "sending": sending,
        "plan": sending.plan,
        "episode": sending.plan.episode,
        "patient": sending.patient,
        "address": address,
    }
    return render(request, "documentation/plan_link_shown.html", context)


@allow(*CLINICAL)
def paper(request: StaffRequest, pk: int) -> HttpResponse:
    """The signed paper came back."""
    sending = open_sending(pk, by=request.user)
    form = paper_form(request.POST or None, sending)
    if not sending.is_open:
        messages.error(request, FASTER)
        return go_to(request, _page_of(sending.plan))
    if form.is_bound and form.is_valid():
        try:
            sending = plan_answers.record_paper(
                sending=sending, by=request.user, **form.cleaned_data
            )
        except ValidationError as error:
            form.refuse(error)
        except plan_sending.NoLongerOpen:
            messages.error(request, FASTER)
            return go_to(request, _page_of(sending.plan))
        else:
            render_plan_pdf.delay(sending.pdfs.get(copy=PlanPdf.Copy.SIGNED).pk)
            messages.success(request, "The plan is certified.")
            return go_to(request, _page_of(sending.plan))
    context = {
        "form": form,
        "sending": sending,
        "plan": sending.plan,
        "episode": sending.plan.episode,
        "patient": sending.patient,
    }
    return render(request, "documentation/plan_paper.html", context, status=status_of(form))


@allow(*CLINICAL)
@require_POST
def seen(request: StaffRequest, pk: int) -> HttpResponse:
    sending = open_sending(pk, by=request.user)
    plan_answers.mark_seen(sending=sending, by=request.user)
    return go_to(request, _page_of(sending.plan))


@allow(*READS_CHARTS)
@require_safe
def pdf(request: StaffRequest, pk: int) -> HttpResponse:
    row = find_visible(
        PlanPdf.objects.select_related("sending__plan__episode").defer("file_bytes"),
        pk,
        by=request.user,
    )
    if row.status != PlanPdf.Status.READY:
        messages.info(request, "The PDF is not ready yet.")
        return go_to(request, row.sending.plan.episode.get_absolute_url())
    row = open_plan_pdf(pk, by=request.user)
    return give_pdf(row.file_bytes, name=f"plan-of-care-{row.pk}.pdf")


@allow(*READS_CHARTS)
@require_safe
def pdf_state(request: StaffRequest, pk: int) -> HttpResponse:
    """Whether the PDF is ready: asked every two seconds, shows nothing of the patient."""
    row = find_visible(PlanPdf.objects.defer("file_bytes"), pk, by=request.user)
    context = {"pdf": row, "may_write": request.user.has_role(*CLINICAL)}
    return render(request, "documentation/_plan_pdf.html", context)


@allow(*CLINICAL)
@require_POST
def pdf_again(request: StaffRequest, pk: int) -> HttpResponse:
    row = find_visible(
        PlanPdf.objects.select_related("sending__plan__episode__patient"), pk, by=request.user
    )
    if plan_pdf.ask_again(pdf=row, by=request.user):
        render_plan_pdf.delay(row.pk)
    return go_to(request, _page_of(row.sending.plan))


def _page_of(plan: PlanOfCare) -> str:
    return reverse("documentation:plan", args=[plan.pk])
