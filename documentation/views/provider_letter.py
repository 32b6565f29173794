"""A letter as the provider opens it from an e-mail: their NPI first, then the PDF."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from documentation import note_letters, provider_door
from documentation.letters import NoPaper
from documentation.models import ProviderLetter
from documentation.provider_door import Guest
from people import audit
from people.access import public
from people.models import PatientLink, Practice


@csrf_exempt  # docs/decisions/0031: the address is the authority, and it takes no cookie
@public
@require_http_methods(["GET", "HEAD", "POST"])
def provider_letter(request: HttpRequest, token: str) -> HttpResponse:
    return provider_door.answer(
        request, token, purpose=note_letters.PURPOSE, guest_of=_guest_of, inside=_inside
    )


def _guest_of(link: PatientLink) -> Guest:
    assert link.target_id is not None, "a letter's link leads to its letter"
    letter = ProviderLetter.objects.select_related("provider").get(pk=link.target_id)
    return Guest(provider=letter.provider, patient=link.patient, target=letter)


def _inside(request: HttpRequest, guest: Guest, ticket: str) -> HttpResponse:
    letter = ProviderLetter.objects.select_related("note__visit").get(pk=guest.target.pk)
    untrue = note_letters.untrue(letter)
    paper = None if untrue else _paper_of(letter)
    if paper is not None and request.POST.get("paper") == "pdf":
        return _hand_out(letter, guest, paper)
    assert letter.note is not None
    context = {
        "title": letter.note.get_kind_display(),
        "note": letter.note,
        "patient": guest.patient,
        "clinic": guest.patient.clinic,
        "practice": Practice.objects.first(),
        "untrue": untrue,
        "is_ready": paper is not None,
        "ticket": ticket,
    }
    return render(request, "documentation/provider_letter.html", context)


def _paper_of(letter: ProviderLetter) -> bytes | None:
    try:
        return note_letters.paper(letter)
    except NoPaper:
        return None


def _hand_out(letter: ProviderLetter, guest: Guest, paper: bytes) -> HttpResponse:
    ProviderLetter.objects.filter(pk=letter.pk, opened_at=None).update(opened_at=timezone.now())
    audit.record(by=None, action="letter.read", patient=guest.patient, target=letter)
    return HttpResponse(
        paper,
        content_type="application/pdf",
        headers={"Content-Disposition": 'attachment; filename="report.pdf"'},
    )
