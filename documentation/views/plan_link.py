"""The page on which a provider reads, signs or returns a plan of care, without an account.

The signed address and the provider's NPI are the keys. A GET asks for the number, shows nothing of
the patient and changes nothing, since mail scanners open links; each POST brings the number again,
so that nothing is kept in the browser (docs/decisions/0031).
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from documentation import plan_answers, plan_pdf, provider_door
from documentation.models import PlanPdf, PlanSending
from documentation.plan_forms import CertifyForm, GiveBackForm
from documentation.plan_sending import PURPOSE, NoLongerOpen
from documentation.provider_door import Door, Guest, NpiForm
from documentation.tasks import render_plan_pdf
from people import links
from people.access import public
from people.models import PatientLink
from web.files import give_pdf
from web.responses import go_to

Status = PlanSending.Status


@csrf_exempt
@public
@require_http_methods(["GET", "HEAD", "POST"])
def plan_link(request: HttpRequest, token: str) -> HttpResponse:
    return provider_door.answer(request, token, DOOR)


def _guest_of(link: PatientLink) -> Guest:
    sending = plan_answers.sending_of(link)
    return Guest(link, sending.content["provider"]["npi"], sending)


def _ask(request: HttpRequest, link: PatientLink, form: NpiForm, *, status: int) -> HttpResponse:
    """Where the number is asked for; or, when it can no longer be answered, why. It shows nothing
    of the patient."""
    sending = plan_answers.sending_of(link)
    state = _state_of(link, sending)
    context: dict[str, Any] = {
        "form": form,
        "here": _here(link),
        "state": state,
        "sending": sending,
        "clinic": sending.plan.episode.clinic,
        "has_copy": state == Status.SIGNED and not _is_over(link),
    }
    if state == Status.OPEN:
        return render(request, "documentation/plan_link_door.html", context, status=status)
    return render(request, "documentation/plan_link_closed.html", context, status=410)


def _refused(guest: Guest) -> None:
    plan_answers.note_wrong_npi(link=guest.link)


def _inside(request: HttpRequest, guest: Guest, ticket: str) -> HttpResponse:
    """The forms of these pages bring the number each time: a plan is read for longer than a ticket
    holds."""
    assert isinstance(guest.target, PlanSending)
    if request.POST.get("do") == "pdf":
        return _pdf(request, guest.link, guest.target)
    try:
        return _act(request, guest.link, guest.target)
    except NoLongerOpen:
        return _ask(request, guest.link, NpiForm(), status=410)


def _act(request: HttpRequest, link: PatientLink, sending: PlanSending) -> HttpResponse:
    """What the provider came to do. Raises NoLongerOpen."""
    statement = sending.content["statement"]
    do = request.POST.get("do", "")
    certify = CertifyForm(request.POST if do == "sign" else None, statement=statement)
    give_back = GiveBackForm(request.POST if do == "return" else None)
    if certify.is_bound and certify.is_valid():
        signed = plan_answers.sign(
            link=link,
            name=certify.cleaned_data["name"],
            credential=certify.cleaned_data["credential"],
            image=certify.cleaned_data["drawn"],
        )
        render_plan_pdf.delay(signed.pdfs.get(copy=PlanPdf.Copy.SIGNED).pk)
        return go_to(request, request.path)
    if give_back.is_bound and give_back.is_valid():
        plan_answers.give_back(link=link, remark=give_back.cleaned_data["remark"])
        return go_to(request, request.path)
    sending = plan_answers.open_plan(link=link)
    if not certify.is_bound:
        credential = sending.content["provider"]["credential"]
        certify = CertifyForm(initial={"credential": credential}, statement=statement)
    context = {
        "content": plan_pdf.as_read(sending),
        "sending": sending,
        "clinic": sending.plan.episode.clinic,
        "here": _here(link),
        "npi": sending.content["provider"]["npi"],
        "certify": certify,
        "give_back": give_back,
        "expires_at": sending.expires_at,
    }
    wrong = certify.errors or give_back.errors
    return render(request, "documentation/plan_link.html", context, status=422 if wrong else 200)


def _state_of(link: PatientLink, sending: PlanSending) -> str:
    """A link that was replaced by a newer one of the same plan is withdrawn like the rest."""
    if sending.is_open:
        if sending.is_locked:
            return "locked"
        if sending.has_expired:
            return Status.EXPIRED
        return Status.OPEN if link.revoked_at is None else Status.WITHDRAWN
    return sending.status


def _pdf(request: HttpRequest, link: PatientLink, sending: PlanSending) -> HttpResponse:
    """The paper: as it was sent while it can be answered, as it was signed afterwards."""
    form = NpiForm(request.POST)
    is_signed = sending.status == Status.SIGNED
    if _is_over(link) or not (is_signed or _state_of(link, sending) == Status.OPEN):
        return _ask(request, link, form, status=410)
    copy = PlanPdf.Copy.SIGNED if is_signed else PlanPdf.Copy.SENT
    row = sending.pdfs.filter(copy=copy, status=PlanPdf.Status.READY).first()
    if row is None:
        form.add_error(None, "The paper is being made. Try again in a minute.")
        return _ask(request, link, form, status=422)
    plan_answers.note_download(link=link, copy=copy)
    return give_pdf(row.file_bytes, name="plan-of-care.pdf", saved=True)


def _is_over(link: PatientLink) -> bool:
    return link.expires_at <= timezone.now()


def _here(link: PatientLink) -> str:
    return reverse("documentation:plan-link", args=[links.token_of(link)])


DOOR = Door(
    purpose=PURPOSE,
    find=links.find,  # what became of a plan is told on its link long after the answer
    guesses=15,
    wrong="The plan was not sent to this NPI. Check the number.",
    guest_of=_guest_of,
    ask=_ask,
    refused=_refused,
    inside=_inside,
)
