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
from documentation.provider_door import Door, Guest, NpiForm
from people import audit, links
from people.access import public
from people.models import PatientLink
from web.files import give_pdf


@csrf_exempt  # docs/decisions/0031: the address is the authority, and it takes no cookie
@public
@require_http_methods(["GET", "HEAD", "POST"])
def provider_letter(request: HttpRequest, token: str) -> HttpResponse:
    return provider_door.answer(request, token, DOOR)


def _guest_of(link: PatientLink) -> Guest:
    assert link.target_id is not None, "a letter's link leads to its letter"
    letter = ProviderLetter.objects.select_related("provider").get(pk=link.target_id)
    return Guest(link, letter.provider.npi, letter)


def _ask(request: HttpRequest, link: PatientLink, form: NpiForm, *, status: int) -> HttpResponse:
    context = provider_door.about(link) | {"form": form}
    return render(request, "documentation/provider_door.html", context, status=status)


def _refused(guest: Guest) -> None:
    _record("provider.refused", guest)


def _let_in(guest: Guest) -> None:
    _record("provider.let_in", guest)


def _record(action: str, guest: Guest) -> None:
    """The house writes it down: whoever stands there has no account."""
    assert isinstance(guest.target, ProviderLetter)
    audit.record(
        by=None,
        action=action,
        patient=guest.link.patient,
        target=guest.target,
        link=guest.link.pk,
        provider=guest.target.provider_id,
    )


def _inside(request: HttpRequest, guest: Guest, ticket: str) -> HttpResponse:
    letter = ProviderLetter.objects.select_related("note__visit").get(pk=guest.target.pk)
    untrue = note_letters.untrue(letter)
    paper = None if untrue else _paper_of(letter)
    if paper is not None and request.POST.get("paper") == "pdf":
        return _hand_out(letter, guest, paper)
    assert letter.note is not None
    context = provider_door.about(guest.link) | {
        "title": letter.note.get_kind_display(),
        "note": letter.note,
        "patient": guest.link.patient,
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
    audit.record(by=None, action="letter.read", patient=guest.link.patient, target=letter)
    return give_pdf(paper, name="report.pdf", saved=True)


DOOR = Door(
    purpose=note_letters.PURPOSE,
    find=links.open_link,
    guesses=30,
    wrong="This is not the NPI of the provider to whom we wrote.",
    guest_of=_guest_of,
    ask=_ask,
    refused=_refused,
    let_in=_let_in,
    inside=_inside,
)
