"""The door in front of every page that a provider opens by a link: it asks for their NPI.

The link is the key; the NPI keeps a link that went astray shut. Until it is right the page says
nothing of the patient. A GET never does more than ask: mail scanners open links. What lies behind
is reached by POST alone, with the number, or with a ticket that the right number earns for an hour.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from django import forms
from django.core.signing import BadSignature, TimestampSigner
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.crypto import constant_time_compare

from people import limits, links
from people.forms.fields import NumberField
from people.models import PatientLink, Practice
from people.validators import validate_npi
from web.forms import TidyForm
from web.views import too_many_requests

FOR_AN_HOUR = 3600
NUMBERS = 10  # wrong NPIs on one link in an hour, from wherever
TOO_MANY = "Too many wrong numbers: try again in an hour, or call us."


@dataclass(frozen=True)
class Guest:
    """Who is expected on this link, by their NPI, and the record it leads to."""

    link: PatientLink
    npi: str
    target: models.Model


class NpiForm(TidyForm):
    npi = NumberField(
        label="Your NPI",
        max_length=20,
        validators=[validate_npi],
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )


class Ask(Protocol):
    """Draws where the number is asked for, and what was wrong with the last one."""

    def __call__(
        self, request: HttpRequest, link: PatientLink, form: NpiForm, *, status: int
    ) -> HttpResponse: ...


@dataclass(frozen=True)
class Door:
    """What one kind of link has of its own.

    `find` raises LinkClosed where a closed link opens nothing any more; without that, `ask` and
    `inside` say what became of it. `refused` and `let_in` write down who stood there.
    `inside(request, guest, ticket)` draws what lies behind; its forms bring the number again, or
    `ticket` as the field of that name, to the same address.
    """

    purpose: str
    find: Callable[..., PatientLink]
    guesses: int  # wrong addresses and wrong numbers from one place in an hour
    wrong: str
    guest_of: Callable[[PatientLink], Guest]
    ask: Ask
    refused: Callable[[Guest], None]
    inside: Callable[[HttpRequest, Guest, str], HttpResponse]
    let_in: Callable[[Guest], None] | None = None  # none where what they do inside is written down


def answer(request: HttpRequest, token: str, door: Door) -> HttpResponse:
    """What the link's address answers."""
    response = _answer(request, token, door)
    # The address is a key: no other site and no search engine gets to know it.
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def about(link: PatientLink) -> dict[str, object]:
    """Whose door it is, for whoever draws a page in front of it."""
    return {"clinic": link.patient.clinic, "practice": Practice.objects.first()}


def _answer(request: HttpRequest, token: str, door: Door) -> HttpResponse:
    from_here = f"provider:{door.purpose}"
    if limits.has_guessed_too_often(from_here, most=door.guesses):
        return too_many_requests(request)
    try:
        link = door.find(token, purpose=door.purpose)
    except links.NoSuchLink:
        limits.note_guess(from_here, seconds=FOR_AN_HOUR)
        return render(request, "documentation/provider_door_unknown.html", status=404)
    except links.LinkClosed as closed:
        page = "documentation/provider_door_closed.html"
        return render(request, page, about(closed.link), status=410)
    if request.method != "POST":
        return door.ask(request, link, NpiForm(), status=200)
    if request.user.is_authenticated:  # or it would count as read by the provider
        return render(request, "documentation/provider_door_staff.html", status=403)
    guest = door.guest_of(link)
    ticket = request.POST.get("ticket", "")
    if _is_good(ticket, guest):
        return door.inside(request, guest, ticket)
    form = NpiForm(request.POST)
    if not form.is_valid():
        return door.ask(request, link, form, status=422)
    on_this_link = f"provider-npi:{link.pk}"
    if limits.has_guessed_too_often(on_this_link, most=NUMBERS, anywhere=True):
        form.add_error("npi", TOO_MANY)
        return door.ask(request, link, form, status=429)
    if not constant_time_compare(form.cleaned_data["npi"], guest.npi):
        limits.note_guess(from_here, seconds=FOR_AN_HOUR)
        limits.note_guess(on_this_link, seconds=FOR_AN_HOUR, anywhere=True)
        door.refused(guest)
        form.add_error("npi", door.wrong)
        return door.ask(request, link, form, status=422)
    if door.let_in is not None:
        door.let_in(guest)
    return door.inside(request, guest, _ticket(guest))


def _signer() -> TimestampSigner:
    return TimestampSigner(salt="documentation.provider_door")


def _ticket(guest: Guest) -> str:
    return _signer().sign(f"{guest.link.pk}:{guest.npi}")


def _is_good(ticket: str, guest: Guest) -> bool:
    try:
        return _signer().unsign(ticket, max_age=FOR_AN_HOUR) == f"{guest.link.pk}:{guest.npi}"
    except BadSignature:
        return False
